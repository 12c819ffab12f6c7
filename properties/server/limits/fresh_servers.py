"""Whether each fresh server fails before a fault, or another client, comes."""

from properties.model.history import History
from properties.model.learnt import Learnt, PlainFailures
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.connection_records import ConnectionRecord, connection_records
from properties.server.events import LostWithoutFaults, Stalled

OFTEN = 3
"""Fresh servers in a row, each of which had one client alone."""

IN_VAIN = "one client alone, without a fault, had waited in vain for its"
RESTLESS = f"{OFTEN} fresh servers in a row had computed without end before any client came"


class FreshServers:
    """What fresh servers do with their first client, and before."""

    def __init__(self) -> None:
        self._failures = PlainFailures(OFTEN)

    def take(self, history: History, learnt: Learnt, *, spins: bool) -> None:
        """Process what a fresh server has shown; record in `learnt` where each one fails.

        `spins`: it did not come to rest after its start.
        """
        if spins:
            self._failures.failed(RESTLESS, learnt)
            return
        stalls = (one for one in history.of(Stalled) if one.client == FIRST_EXCHANGE)
        self._failures.take(stalls, _in_vain, learnt)


def _in_vain(stall: Stalled) -> str:
    return f"{IN_VAIN} {stall.awaited} on {OFTEN} fresh servers in a row"


def loses_without_a_fault(history: History) -> bool:
    """Return whether bytes are lost without any fault.

    By the first client, alone on a server to which nothing was done yet; or by the same clients on
    a fresh server (`properties.server.limits.other_causes`).
    """
    if any(history.of(LostWithoutFaults)):
        return True
    first = first_alone(history)
    return first is not None and first.lost_echo() is not None


def ends_without_a_fault(history: History) -> bool:
    """Return whether the server ends a client before that has ended its side, without any fault."""
    if any(event.ended for event in history.of(LostWithoutFaults)):
        return True
    first = first_alone(history)
    return first is not None and first.ended_unasked


def first_alone(history: History) -> ConnectionRecord | None:
    """Return the record of the first client, alone on a server to which nothing was done yet."""
    first = connection_records(history).get(FIRST_EXCHANGE)
    return None if first is None or first.disturbed else first
