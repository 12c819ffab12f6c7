"""The interpreter: makes a workload happen to a server, and records what it sees.

Every workload runs the same course:

1. a plain exchange, to know that the server served before;
2. the steps, in order, while all clients go on reading and writing in the background;
3. the end: everybody reads, everything owed is waited for, every connection is half-closed and its
   EOF waited for, the first one's while the others are still there; clients that got nothing are
   waited for again once the others have gone, which tells a server that loses bytes from one that
   lets clients wait for each other;
4. a census of what is left, a second plain exchange, and another census.

Where descriptors, threads or processes have grown, the steps are repeated on the same server: a
leak grows each time, a pool or a cache does not, once many plain exchanges have filled it.
"""

from properties import census
from properties.events import (
    Census,
    Conclusion,
    Filled,
    ListenerEnded,
    Mismatched,
    Received,
    Stalled,
)
from properties.execution import A_LINE, Execution, Rules
from properties.history import FILLING, FIRST_EXCHANGE, LAST_EXCHANGE, REPETITIONS, History
from properties.server import Server
from properties.steps import (
    Close,
    Open,
    Receive,
    Send,
    Workload,
)

__all__ = ["Rules", "execute", "watch_listener"]

BRIEFLY: Workload = (Open(1), Send(1, A_LINE), Receive(1), Close(1))
"""One client more, who does not wait for the server to close."""

REPETITIONS_WHEN_FILLED = 2
"""How many of the repetitions come after the plain exchanges that fill a pool."""


def execute(
    workload: Workload, server: Server, rules: Rules, *, pool_ruled_out: bool = False
) -> History:
    """Make `workload` happen to `server` and return what was done and seen.

    `pool_ruled_out`: it is known of such a server that what grows goes on growing. Every client
    socket is closed at the end, however it comes.
    """
    history = History(processes_seen=server.handle is not None)
    execution = Execution(server, rules, history)
    execution.watch()
    try:
        execution.exchange(FIRST_EXCHANGE)
        execution.steps(workload)
        execution.finish()
        execution.census("after")
        execution.exchange(LAST_EXCHANGE)
        end = execution.census("end")
    finally:
        execution.clear()
    if end is not None and execution.has_grown(end) and not _has_worse(history):
        _repeat(workload, server, rules, history, end, pool_ruled_out)
    return history


def _has_worse(history: History) -> bool:
    """Tell whether something worse than growth was found, which growth may follow from.

    Each client more of a server that computes without end would leave it with more to compute.
    """
    return any(stall.awaited == "echo" for stall in history.of(Stalled)) or any(
        census.spinning or census.conclusion is Conclusion.STARVED for census in history.of(Census)
    )


def watch_listener(server: Server, history: History, patience: float) -> None:
    """After a workload, see for up to `patience` seconds whether the listener ends by itself."""
    Execution(server, Rules(patience=patience), history).watch_listener()


def _repeat(
    workload: Workload,
    server: Server,
    rules: Rules,
    history: History,
    end: Census,
    pool_ruled_out: bool,
) -> None:
    left = end
    for number in range(REPETITIONS):
        if number == REPETITIONS - REPETITIONS_WHEN_FILLED:
            made = FILLING if pool_ruled_out else _fill(server, rules)
            history.add(Filled(history.now(), made))
        aside = History(processes_seen=True, began=history.began)
        again = Execution(server, rules, aside)
        try:
            again.steps(workload)
            again.finish()
            # What would go away by itself, on a timer, gets the time for it before it is judged.
            is_last = number == REPETITIONS - 1
            counted = again.census("repeat", rules.patience if is_last else census.REST)
        finally:
            again.clear()
        if counted is None:
            return
        history.add(counted)
        for serious in (*aside.of(ListenerEnded), *aside.of(Mismatched)):
            history.add(serious)
        if counted.spinning:
            return
        if not _left_more(counted, left):
            server.settle_for(counted.descriptors, counted.threads)
            return
        left = counted


def _left_more(now: Census, before: Census) -> bool:
    return (
        now.descriptors > before.descriptors
        or now.threads > before.threads
        or len(now.strays) > len(before.strays)
    )


def _fill(server: Server, rules: Rules) -> int:
    """Make plain exchanges, one after the other, and return how many were served."""
    rate = rules.limits.rate
    wanted = FILLING if rate is None else min(FILLING, int(rate * rules.patience))
    for made in range(wanted):
        history = History(processes_seen=True)
        execution = Execution(server, rules, history)
        try:
            execution.steps(BRIEFLY)
        finally:
            execution.clear()
        if not any(history.of(Received)):
            return made
    return wanted
