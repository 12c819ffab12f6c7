"""clean_restart: a server that was stopped can be started again on its port at once.

Observed once a fault family: the listener is stopped while workers still serve and connections are
in TIME_WAIT, and the same command is started again. It needs SO_REUSEADDR (UNP 7.5), and workers
that do not hold the listening socket (UNP 4.8).
"""

from properties.events import Restarted
from properties.history import History
from properties.verdict import NOT_TRIED, Invariant, Sequel, Verdict, Violation

EXPECTED = "stopped while workers still serve, it can be started again on its port at once"


class CleanRestartViolated(Violation):
    """The port was not to be had again."""


def judge(history: History) -> Verdict:
    """Judge the restart, if one was tried."""
    for restarted in history.of(Restarted):
        if restarted.inconclusive:
            return Verdict.inconclusive(restarted.detail)
        if not restarted.succeeded:
            return Verdict.failed(restarted.detail, EXPECTED)
        return Verdict.passed(restarted.detail)
    return Verdict.not_applicable(NOT_TRIED)


INVARIANT = Invariant(
    "clean_restart",
    "UNP 7.5",
    EXPECTED,
    judge,
    CleanRestartViolated,
    needs_processes=True,
    sequel=Sequel.RESTART,
)
