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


def judge(history: History) -> Verdict:
    """Judge the censuses taken after the workload and after the last exchange."""
    for census in history.of(Census):
        if census.label == WHILE_CONNECTED and census.zombies:
            return _judge_while_connected(census)
    counts = {census.label: census for census in history.of(Census)}
    after, end = counts.get("after"), counts.get("end")
    if after is None or end is None:
        return Verdict.inconclusive("the processes were not counted")
    for census in (after, end):
        if census.zombies and not _is_final(census):
            return Verdict.inconclusive(f"{_list(census)}, but {census.evidence}")
    if after.zombies and not _same_are_left(after, end):
        return Verdict.failed(_reaped_late(after, end))
    for census in (after, end):
        if census.zombies:
            return Verdict.failed(f"{_list(census)}; {census.evidence}")
    return Verdict.passed()


def _judge_while_connected(census: Census) -> Verdict:
    if not _is_final(census):
        return Verdict.inconclusive(f"{_list(census)}, but {census.evidence}")
    return Verdict.failed(f"{_list(census)} while clients are connected; {census.evidence}")


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
