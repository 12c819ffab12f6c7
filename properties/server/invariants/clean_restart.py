"""clean_restart: a server that was stopped can be started again on its port at once.

Observed once a fault family: the listener is stopped while workers still serve and connections are
in TIME_WAIT, and the same command is started again. It needs SO_REUSEADDR (UNP 7.5), and workers
that do not hold the listening socket (UNP 4.8).
"""

from properties.model.history import History
from properties.model.verdict import FollowUp, Invariant, Verdict
from properties.server.follow_ups.events import Restarted
from properties.server.limits.fresh_servers import first_alone

REQUIREMENT = (
    "stopped while workers still serve, it SHOULD be able to start again on its port at once"
)

NEVER_SERVED = "it did not serve a first client before it was stopped either: see exact_echo"


def judge(history: History) -> Verdict:
    """Judge the restart, if one was tried."""
    restarted = next(history.of(Restarted), None)
    if restarted is None:
        return Verdict.not_tried()
    if restarted.inconclusive:
        return Verdict.inconclusive(restarted.detail)
    if restarted.listened and not _served_before(history):
        return Verdict.not_applicable(NEVER_SERVED)
    return (Verdict.passed if restarted.succeeded else Verdict.failed)(restarted.detail)


def _served_before(history: History) -> bool:
    first = first_alone(history)
    return first is None or not (first.mismatch or first.ended_unasked or first.lost_echo())


INVARIANT = Invariant(
    "clean_restart",
    "UNP 7.5",
    REQUIREMENT,
    judge,
    needs_processes=True,
    follow_up=FollowUp.RESTART,
)
