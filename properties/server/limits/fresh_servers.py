"""Whether each fresh server fails before a fault, or another client, comes."""

from properties.model.history import History
from properties.model.learnt import Learnt, PlainFailures
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.events import Stalled

OFTEN = 3
"""Fresh servers in a row, each of which had one client alone."""

IN_VAIN = (
    "one client alone, without a fault, had waited in vain for its {awaited} on {{count}} fresh "
    "servers in a row"
)
RESTLESS = "{count} fresh servers in a row had computed without end before any client came"


class FreshServers:
    """What fresh servers do with their first client, and before."""

    def __init__(self) -> None:
        self._failures = PlainFailures(OFTEN)

    def take(self, history: History, learnt: Learnt, *, spins: bool) -> None:
        """Process what a fresh server has shown; record in `learnt` where each one fails.

        `spins`: it did not come to rest after its start.
        """
        stalls = [one for one in history.of(Stalled) if one.client == FIRST_EXCHANGE]
        lasting = [one for one in stalls if one.conclusion.took_the_patience]
        proven = [one for one in lasting if one.conclusion.is_proof]
        if spins:
            self._failures.failed(RESTLESS, learnt)
        elif proven:
            self._failures.failed(IN_VAIN.format(awaited=proven[0].awaited), learnt)
        elif not lasting:
            self._failures.passed()
