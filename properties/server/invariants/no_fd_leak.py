"""no_fd_leak: the listener keeps no descriptor of a connection that is over.

Observed as descriptors of the processes that were there from the start. Pools and caches (splice
pipes, event queues) reach a plateau and are no violation: a workload after which there are more is
repeated, and only growth in every repetition counts, also after hundreds of control exchanges.
Where that could not be repeated, for something worse had been found, it is no pass.
"""

from properties.model.history import History
from properties.model.verdict import Invariant, Verdict
from properties.server import growth

REQUIREMENT = "when all clients have gone, the listener MUST have no more descriptors than before"


def judge(history: History) -> Verdict:
    """Judge the workload and its repetitions."""
    census = growth.last(history)
    if census is None:
        return Verdict.inconclusive("the descriptors were not counted")
    counts = growth.series(history, lambda census: census.descriptors)
    if growth.grows_each_time(counts):
        if reason := growth.doubt(history):
            return Verdict.inconclusive(reason)
        shown = "; ".join(census.grown[:4]) + ("; ..." if len(census.grown) > 4 else "")
        return Verdict.failed(
            f"each repetition left more descriptors: {growth.listed(counts)}; new are {shown}"
        )
    if reason := growth.unknown(history, counts, lambda event: event.descriptors):
        return Verdict.inconclusive(f"descriptors: {reason}")
    return Verdict.passed()


INVARIANT = Invariant("no_fd_leak", "UNP 4.8", REQUIREMENT, judge, needs_processes=True)
