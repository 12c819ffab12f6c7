"""The end of a connection meets data that is still on its way.

UNP 5.13 and 6.6: FIN behind the last byte, FIN before any byte, a half-close with megabytes still
to come back, RST behind data, and a close while the server is blocked in a write. What the client
then sees depends on which came first; what the server owes does not.
"""

import enum
from dataclasses import dataclass
from typing import ClassVar

from faults import moments
from faults.fault import NO_PROCESS, Fault, Outcome, Reading, Scene
from faults.freezing import frozen
from faults.payloads import Payload
from target.handle import Handle
from target.processes import Process


class Race(enum.Enum):
    """The races, by what meets what."""

    FIN_BEHIND_DATA = "FIN in the segment of the last byte"
    FIN_BEFORE_DATA = "FIN before anything else"
    HALF_CLOSE_OWED = "half-close while the echo is still owed"
    RST_BEHIND_DATA = "RST right behind data"
    CLOSE_BEHIND_DATA = "close right behind data, before its echo"
    CLOSE_IN_WRITE = "close while the server is blocked in write"


@dataclass(frozen=True)
class EofRace(Fault):
    """One connection ends in one of these ways, after sending `payload`."""

    name: ClassVar[str] = "eof_races"
    section: ClassVar[str] = "UNP 5.13"
    summary: ClassVar[str] = "FIN or RST right behind, before or against data"

    client: int
    race: Race
    payload: Payload
    frozen: bool = False

    def apply(self, scene: Scene) -> Outcome:
        """Run the race on the client, which must be connected.

        Frozen, whatever holds the connection is stopped meanwhile and finds data and end together.
        """
        if not scene.is_open(self.client):
            return Outcome.missed(f"c{self.client} was not connected")
        if not self.frozen or self.race in _NEEDS_THE_SERVER:
            return self._run(scene)
        if scene.handle is None:
            return NO_PROCESS
        if not moments.wait_until_served(scene, self.client):
            return Outcome.missed(f"c{self.client} was not accepted")
        with frozen(scene, scene.handle, self._holders(scene, scene.handle)) as stopped:
            outcome = self._run(scene)
        return outcome if stopped else Outcome.missed("the server did not stop", outcome.disturbed)

    def _holders(self, scene: Scene, handle: Handle) -> tuple[Process, ...]:
        return scene.workers(self.client) or handle.holders(scene.endpoint(self.client))

    def _run(self, scene: Scene) -> Outcome:
        return {
            Race.FIN_BEHIND_DATA: self._fin_behind_data,
            Race.FIN_BEFORE_DATA: self._fin_before_data,
            Race.HALF_CLOSE_OWED: self._half_close_owed,
            Race.RST_BEHIND_DATA: self._rst_behind_data,
            Race.CLOSE_BEHIND_DATA: self._close_behind_data,
            Race.CLOSE_IN_WRITE: self._close_in_write,
        }[self.race](scene)

    def _fin_behind_data(self, scene: Scene) -> Outcome:
        scene.send(self.client, self.payload, end=True)
        return Outcome.fired(f"{self.payload} and FIN")

    def _fin_before_data(self, scene: Scene) -> Outcome:
        scene.half_close(self.client)
        return Outcome.fired("FIN")

    def _half_close_owed(self, scene: Scene) -> Outcome:
        scene.set_reading(self.client, Reading.LATE)
        scene.send(self.client, self.payload)
        scene.half_close(self.client)
        return Outcome.fired(f"FIN behind {self.payload}, nothing read yet")

    def _rst_behind_data(self, scene: Scene) -> Outcome:
        scene.send(self.client, self.payload)
        scene.reset(self.client)
        return Outcome.fired(f"{self.payload} and RST", frozenset({self.client}))

    def _close_behind_data(self, scene: Scene) -> Outcome:
        scene.send(self.client, self.payload)
        scene.close(self.client)
        return Outcome.fired(f"{self.payload} and FIN, then nobody", frozenset({self.client}))

    def _close_in_write(self, scene: Scene) -> Outcome:
        blocked = moments.block_in_write(scene, self.client, moments.TOO_MUCH)
        scene.close(self.client)
        hurt = frozenset({self.client})
        if not blocked:
            return Outcome.missed("the server did not block in a write", hurt)
        return Outcome.fired("closed while the server was blocked in write", hurt)

    def __str__(self) -> str:
        what = "" if self.race in _WITHOUT_PAYLOAD else f" ({self.payload})"
        when = "" if not self.frozen or self.race in _NEEDS_THE_SERVER else " while it is frozen"
        return f"c{self.client}: {self.race.value}{what}{when}"


_NEEDS_THE_SERVER = frozenset({Race.CLOSE_IN_WRITE})
_WITHOUT_PAYLOAD = frozenset({Race.FIN_BEFORE_DATA, Race.CLOSE_IN_WRITE})
