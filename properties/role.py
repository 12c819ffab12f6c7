"""The two roles a target may have: what it is tested with, and what judges it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from faults.registry import CLIENT_FAULTS, FAULTS
from properties import events, sightings, steps
from properties.codec import Vocabulary, vocabulary
from properties.events import Event
from properties.families import FAMILIES, Family
from properties.invariants.registry import INVARIANTS
from properties.peer import events as peer_events
from properties.peer import steps as peer_steps
from properties.peer.families import CLIENT_FAMILIES
from properties.peer.invariants.registry import CLIENT_INVARIANTS
from properties.peer.timeline import picture as picture_of_a_client
from properties.reports.diagram import Line, Picture, drawn
from properties.reports.timeline import picture as picture_of_a_server
from properties.subject import RoleName
from properties.verdict import Invariant

Draw = Callable[[Sequence[Event], str], Picture | None]


@dataclass(frozen=True)
class Role:
    """One role: its rows and columns of the grid, the words of its cases, how a history is drawn.

    `closing` says how every workload ends, `picture` draws a history with its violation.
    """

    name: RoleName
    families: tuple[Family, ...]
    invariants: tuple[Invariant, ...]
    words: Vocabulary
    picture: Draw
    closing: str

    def timeline(self, history: Sequence[Event], violation: str, *, boxes: bool) -> list[Line]:
        """Return the lines of a history's picture; `boxes`: with box characters, else in ASCII."""
        return drawn(self.picture(history, violation), boxes=boxes)

    def family(self, name: str) -> Family:
        """Return the family with this name. Raises KeyError when there is none."""
        return {family.name: family for family in self.families}[name]


SERVER = Role(
    name=RoleName.SERVER,
    families=FAMILIES,
    invariants=INVARIANTS,
    words=vocabulary(
        {
            "open": steps.Open,
            "send": steps.Send,
            "receive": steps.Receive,
            "half-close": steps.HalfClose,
            "close": steps.Close,
            "reset": steps.Reset,
            "silence": steps.Silence,
        },
        FAULTS,
        events,
        sightings,
    ),
    picture=picture_of_a_server,
    closing="every client that is still connected ends: half-close, EOF, close",
)
CLIENT = Role(
    name=RoleName.CLIENT,
    families=CLIENT_FAMILIES,
    invariants=CLIENT_INVARIANTS,
    words=vocabulary(
        {
            "terminal": peer_steps.Terminal,
            "accept": peer_steps.Accept,
            "type": peer_steps.Type,
            "answer": peer_steps.Answer,
            "say": peer_steps.Say,
            "end-input": peer_steps.EndInput,
        },
        CLIENT_FAULTS,
        events,
        peer_events,
    ),
    picture=picture_of_a_client,
    closing="a line is typed and echoed if it still can be, the input ends, and the server closes",
)
ROLES: dict[RoleName, Role] = {role.name: role for role in (SERVER, CLIENT)}
"""Each role by its name."""
