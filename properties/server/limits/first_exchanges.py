"""Whether fresh servers serve one client alone: where none does, faults would show the same."""

from properties.model.history import History
from properties.model.learnt import Learnt
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.events import Stalled

OFTEN = 3
"""Fresh servers in a row, in one process, after which the next is not expected to do better."""

SERVES_NOBODY = (
    "most was not tried: one client alone, without a fault, had waited in vain for its {awaited} "
    "on {count} fresh servers in a row; mend that first, or name the faults with --fault"
)


class FirstExchanges:
    """The control exchanges that were the first of their servers."""

    def __init__(self) -> None:
        self._in_vain = 0

    def take(self, history: History, learnt: Learnt) -> None:
        """Process what a fresh server has shown; record in `learnt` where none serves a client.

        Only waits that lasted count: without them a run is over soon.
        """
        stalls = [one for one in history.of(Stalled) if one.client == FIRST_EXCHANGE]
        lasting = next((one for one in stalls if one.conclusion.took_the_patience), None)
        if lasting is None:
            self._in_vain = 0
        elif lasting.conclusion.is_proof:
            self._in_vain += 1
            if self._in_vain == OFTEN:
                words = SERVES_NOBODY.format(awaited=lasting.awaited, count=OFTEN)
                learnt.serves_nobody = learnt.serves_nobody or words
