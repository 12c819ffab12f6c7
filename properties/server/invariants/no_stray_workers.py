"""no_stray_workers: a worker ends when its client has gone.

Observed as processes, or threads, that were not there before and are there when no client is
connected. A pool of workers is no violation: a workload that leaves some is repeated, and only
where each repetition leaves more do they count as stray.
"""

from properties.model.history import History
from properties.model.verdict import Invariant, Verdict
from properties.server import growth

REQUIREMENT = "a worker, process or thread, MUST end when its client has gone"


def judge(history: History) -> Verdict:
    """Judge the workload and its repetitions."""
    census = growth.last(history)
    if census is None:
        return Verdict.inconclusive("the processes were not counted")
    strays = growth.series(history, lambda census: len(census.strays))
    threads = growth.series(history, lambda census: census.threads)
    if not growth.grows_each_time(strays) and not growth.grows_each_time(threads):
        return _settled_or_unknown(history, strays, threads)
    if reason := growth.doubt(history):
        return Verdict.inconclusive(reason)
    if growth.grows_each_time(strays):
        shown = ", ".join(map(str, census.strays[:4]))
        return Verdict.failed(
            f"each repetition left more processes without a client: {growth.listed(strays)}; "
            f"among them {shown}"
        )
    return Verdict.failed(f"each repetition left more threads: {growth.listed(threads)}")


def _settled_or_unknown(history: History, strays: list[int], threads: list[int]) -> Verdict:
    if reason := growth.unknown(history, strays, lambda event: event.strays):
        return Verdict.inconclusive(f"processes: {reason}")
    if reason := growth.unknown(history, threads, lambda event: event.threads):
        return Verdict.inconclusive(f"threads: {reason}")
    return Verdict.passed()


INVARIANT = Invariant("no_stray_workers", "UNP 5.7", REQUIREMENT, judge, needs_processes=True)
