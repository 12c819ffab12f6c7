"""How requirements that speak of an echo read for another service.

The invariants are the same: each judges by what the oracle says is owed.
"""

from collections.abc import Mapping
from dataclasses import replace

from properties.model.role import Role
from properties.model.verdict import Invariant
from properties.services.registry import ECHO

RFC_OF_ECHO = "RFC 862"

SECTION = "the service"
"""Where it is said what a server or a client of a service owes."""

_REQUIREMENTS: Mapping[str, str] = {
    "exact_echo": "every byte that the service owes MUST come once, in order and unchanged, for as "
    "long as the client sends",
    "listener_survives": "the listening process MUST still be there, accept and serve",
    "exact_output": "every line typed MUST be sent, and every answer MUST be printed, byte for "
    "byte",
    "no_data_lost_at_eof": "when the input ends, every answer still owed MUST be printed before "
    "the client ends",
    "no_self_connect": "a client that is connected to itself SHOULD NOT take its own bytes for an "
    "answer",
}
"""By invariant."""


def worded(invariant: Invariant, service: str) -> Invariant:
    """Return an invariant with the words for the service of this name."""
    if service == ECHO:
        return invariant
    return replace(
        invariant,
        section=SECTION if invariant.section == RFC_OF_ECHO else invariant.section,
        requirement=_REQUIREMENTS.get(invariant.id, invariant.requirement),
    )


def role_for(role: Role, service: str) -> Role:
    """Return a role whose invariants have the words for the service of this name."""
    return replace(role, invariants=tuple(worded(one, service) for one in role.invariants))
