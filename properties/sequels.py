"""What follows a workload for the sake of one invariant, and how it is made."""

from collections.abc import Callable
from dataclasses import replace

from properties.execution import Rules
from properties.flood import flood
from properties.history import History
from properties.restart import restart
from properties.rounds import exchange_in_rounds
from properties.server import Server
from properties.verdict import Sequel
from target.ports import Reservation

Making = Callable[[Server, Reservation | None, Rules, History], None]
"""Makes a sequel with a server, whose port is reserved if we chose it, and records it."""


def _restart(
    server: Server, reservation: Reservation | None, rules: Rules, history: History
) -> None:
    if reservation is None:
        return
    event = restart(server, reservation, rules)
    if event is not None:
        history.add(replace(event, at=history.now()))


def _rounds(
    server: Server, reservation: Reservation | None, rules: Rules, history: History
) -> None:
    del reservation
    exchange_in_rounds(server, rules, history)


def _flood(server: Server, reservation: Reservation | None, rules: Rules, history: History) -> None:
    del reservation
    flood(server, rules, history)


MAKING: dict[Sequel, Making] = {
    Sequel.RESTART: _restart,
    Sequel.ROUNDS: _rounds,
    Sequel.FLOOD: _flood,
}
