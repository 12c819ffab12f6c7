"""no_zombies: every child that has terminated is waited for, also when several end at once.

Observed in the process tree once nothing can change any more, before and after one more client, and
where a fault has ended a worker between two calls of its parent, while others are connected. A
zombie counts when its parent is one of the server's processes; orphans are the keeper's to reap.
Reaping by a timer is waited for and is no violation.
"""

from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict
from properties.server.events import WHILE_CONNECTED, Census

REQUIREMENT = "every child that has terminated MUST be reaped, also when several end at once"


AT_LAST = ("after", "end")
"""The censuses that every workload ends with."""


def judge(history: History) -> Verdict:
    """Judge the censuses taken with clients, after the workload and after the last exchange."""
    taken = [one for one in history.of(Census) if one.label in (WHILE_CONNECTED, *AT_LAST)]
    left = [census for census in taken if census.zombies]
    # One that is certain counts, whatever could not be seen at another moment.
    if (stays := next(filter(_is_final, left), None)) is not None:
        end = next((census for census in reversed(taken) if census.label == "end"), None)
        return Verdict.failed(_in_words(stays, end))
    if left:
        return Verdict.inconclusive(f"{_list(left[0])}, but {left[0].evidence}")
    if not {census.label for census in taken}.issuperset(AT_LAST):
        return Verdict.inconclusive("the processes were not counted")
    return Verdict.passed()


def _in_words(census: Census, end: Census | None) -> str:
    if census.label == WHILE_CONNECTED:
        return f"{_list(census)} while clients are connected; {census.evidence}"
    if end is not None and not _same_are_left(census, end):
        return _reaped_late(census, end)
    return f"{_list(census)}; {census.evidence}"


def _is_final(census: Census) -> bool:
    return census.conclusion in (Conclusion.SETTLED, Conclusion.IDLE, Conclusion.ASLEEP)


def _same_are_left(after: Census, end: Census) -> bool:
    return bool({zombie.pid for zombie in after.zombies} & {zombie.pid for zombie in end.zombies})


def _reaped_late(after: Census, end: Census) -> str:
    if len(end.zombies) < len(after.zombies):
        return f"{_list(after)}: reaped only when the next client connects"
    return f"{_list(after)}; {after.evidence}; one more client later {_list(end)}"


def _list(census: Census) -> str:
    pids = [str(process.pid) for process in census.zombies]
    shown = ", ".join(pids[:6]) + (", ..." if len(pids) > 6 else "")
    return f"{len(pids)} zombie{'s' if len(pids) > 1 else ''} ({shown})"


INVARIANT = Invariant("no_zombies", "UNP 5.9", REQUIREMENT, judge, needs_processes=True)
