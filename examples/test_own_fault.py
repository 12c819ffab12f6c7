"""A fault of one's own: clients that connect and reset at once, without sending a byte.

A fault is a frozen dataclass: its fields are its parameters, `apply` makes the moment happen and
says whether it did. `draw` says how Hypothesis chooses the parameters.
"""

import sys
from dataclasses import dataclass, field
from typing import ClassVar

import anechoic
from anechoic import NAMES_CLIENTS, Fault, FaultOutcome, Reading, ServerContext, WorkloadBuilder

SERVER = f"{sys.executable} -P -m target.tcpserv04 --port {{port}}"


@dataclass(frozen=True)
class Crowd(Fault[ServerContext]):
    """Clients connect and reset at once, one after the other, without sending a byte."""

    name: ClassVar[str] = "crowd"
    section: ClassVar[str] = "UNP 5.11"
    summary: ClassVar[str] = "clients connect and reset at once, without sending a byte"
    brings_clients: ClassVar[bool] = True

    clients: tuple[int, ...] = field(metadata=NAMES_CLIENTS)

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Connect and reset each client; say which were hurt by that."""
        came = [c for c in self.clients if context.may_open(c) and context.open(c, Reading.EAGER)]
        for client in came:
            context.reset(client)
        if not came:
            return FaultOutcome.missed("no client could connect")
        return FaultOutcome.fired(f"{len(came)} came and reset", frozenset(came))

    def __str__(self) -> str:
        return f"{len(self.clients)} clients connect and reset at once"


def draw(builder: WorkloadBuilder) -> Crowd:
    """Choose how many clients: `builder` is the workload in the making."""
    builder.make_room(3)
    return Crowd(builder.new_clients(3))


def test_a_crowd_that_resets_at_once_does_no_harm() -> None:
    result = anechoic.check(SERVER, faults=[anechoic.family(Crowd, draw=draw, examples=8)], seed=1)
    result.raise_for_violations()
    assert result.status is anechoic.ExitStatus.CONFORMS
