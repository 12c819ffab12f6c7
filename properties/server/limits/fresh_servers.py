"""Whether each fresh server fails without a fault, in a way that lasts.

Then any workload takes long, and shows the same.
"""

from properties.model.history import History
from properties.model.learnt import Learnt
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.events import Stalled

OFTEN = 3
"""Fresh servers in a row, in one process, after which the next is not expected to do better."""

MEND_IT = "most was not tried: {what}; mend that first, or name the faults with --fault"
IN_VAIN = (
    "one client alone, without a fault, had waited in vain for its {awaited} on {count} fresh "
    "servers in a row"
)
RESTLESS = "{count} fresh servers in a row had computed without end before any client came"


class FreshServers:
    """What fresh servers do before a fault, or another client, comes."""

    def __init__(self) -> None:
        self._in_a_row = 0

    def take(self, history: History, learnt: Learnt, *, spins: bool) -> None:
        """Process what a fresh server has shown; record in `learnt` where each one fails.

        `spins`: it did not come to rest after its start.
        """
        stalls = [one for one in history.of(Stalled) if one.client == FIRST_EXCHANGE]
        lasting = [one for one in stalls if one.conclusion.took_the_patience]
        proven = [one for one in lasting if one.conclusion.is_proof]
        if not lasting and not spins:
            self._in_a_row = 0
        elif proven or spins:
            self._in_a_row += 1
        if self._in_a_row == OFTEN and not learnt.plain_fails:
            words = RESTLESS if spins else IN_VAIN.format(awaited=proven[0].awaited, count=OFTEN)
            learnt.plain_fails = MEND_IT.format(what=words.format(count=OFTEN))
