"""Runs a workload on a server, and records what it sees.

Every workload has the same phases:

1. a control exchange, to know that the server served before;
2. the steps, in order, while all clients go on reading and writing in the background;
3. the end: all clients read, everything owed is waited for, every connection is half-closed and its
   EOF waited for, the first one's while the others are still there; clients that got nothing are
   waited for again after the others have left, which tells a server that loses bytes from one that
   lets clients wait for each other;
4. a census of what is left, a second control exchange, and another census.

Where the first exchange has taken the whole patience neither the steps nor the second one follow:
each further client would take as long, and shows nothing else.

Where descriptors, threads or processes have grown, the steps are repeated on the same server: a
leak grows each time, a pool or a cache does not, once many control exchanges have filled it.
"""

from properties.engine.spinning import REST
from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.oracle import scope_of
from properties.model.settings import Rules
from properties.model.steps import Workload, decides_order, ends_target
from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE, client_name
from properties.server.clients.served import was_served
from properties.server.disturbances import disturbed_clients
from properties.server.events import Census, Filled, ListenerEnded, Mismatched, Stalled
from properties.server.growth import FILLING, REPETITIONS, has_grown, left_unrepeated
from properties.server.instance import ServerInstance
from properties.server.interpreter import Interpreter
from properties.server.steps import Close, asking

__all__ = ["Rules", "execute", "watch_listener"]


BRIEFLY: Workload = (*asking(1), Close(1))
"""One more client, which does not wait for the server to close."""

REPETITIONS_WHEN_FILLED = 2
"""How many of the repetitions come after the control exchanges that fill a pool."""


def execute(
    workload: Workload, server: ServerInstance, rules: Rules, *, pool_ruled_out: bool = False
) -> History:
    """Run `workload` on `server` and return what was done and seen.

    `pool_ruled_out`: it is known that what grows in this server goes on growing. Every client
    socket is closed at the end, also after an exception.
    """
    if ends_target(workload):
        return execute_to_its_end(workload, server, rules)
    history = History(processes_seen=server.handle is not None, scope=scope_of(rules.service))
    interpreter = Interpreter(server, rules, history)
    interpreter.watch()
    try:
        # What a case replays on is a new server: its state must be the same each time.
        interpreter.exchange(FIRST_EXCHANGE, in_turns=server.is_new and decides_order(workload))
        server.is_new = False
        # Each further client could take as long as the first has, which shows enough by itself.
        if goes_on := not interpreter.has_seen_enough():
            interpreter.steps(workload)
        interpreter.finish()
        interpreter.census("after")
        if goes_on:
            interpreter.exchange(LAST_EXCHANGE)
        end = interpreter.census("end")
    finally:
        interpreter.clear()
    first = server.baseline
    if end is None or first is None or not has_grown(first, end):
        return history
    if reason := _worse(history):
        history.add(left_unrepeated(first, end, history.now(), reason))
    else:
        _repeat(workload, server, rules, history, end, pool_ruled_out)
    return history


def execute_to_its_end(workload: Workload, server: ServerInstance, rules: Rules) -> History:
    """Run a workload of which the server is to end, and return what was done and seen."""
    history = History(processes_seen=server.handle is not None, scope=scope_of(rules.service))
    interpreter = Interpreter(server, rules, history)
    interpreter.watch()
    try:
        interpreter.exchange(FIRST_EXCHANGE)
        interpreter.steps(workload)
        interpreter.finish()
        interpreter.see_it_stop()
    finally:
        interpreter.clear()
    return history


def _worse(history: History) -> str | None:
    """Return what is worse than growth, which may be an effect of it, in words; None for nothing.

    A server that computes without end would have more to compute with each further client. A client
    that a fault has turned away is owed nothing, so that its wait in vain is none of this.
    """
    disturbed = disturbed_clients(history)
    for stall in history.of(Stalled):
        is_owed = stall.awaited == "echo" and stall.client not in disturbed
        if is_owed or stall.conclusion.took_the_patience:
            return f"{client_name(stall.client)} had waited in vain"
    for census in history.of(Census):
        if census.spinning or census.conclusion is Conclusion.STARVED:
            return "it did not come to rest"
    return None


def watch_listener(server: ServerInstance, history: History, patience: float) -> None:
    """After a workload, watch for up to `patience` seconds whether the listener ends by itself."""
    Interpreter(server, Rules(patience=patience), history).watch_listener()


def _repeat(
    workload: Workload,
    server: ServerInstance,
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
        aside = History(processes_seen=True, began=history.began, scope=history.scope)
        again = Interpreter(server, rules, aside)
        try:
            again.steps(workload)
            again.finish()
            # What goes away by itself, on a timer, gets the time for that before it is judged.
            is_last = number == REPETITIONS - 1
            counted = again.census("repeat", rules.patience if is_last else REST)
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


def _fill(server: ServerInstance, rules: Rules) -> int:
    """Make control exchanges, one after the other, and return how many were served."""
    rate = rules.limits.rate
    wanted = FILLING if rate is None else min(FILLING, int(rate * rules.patience))
    for made in range(wanted):
        history = History(processes_seen=True)
        interpreter = Interpreter(server, rules, history)
        try:
            interpreter.steps(BRIEFLY)
        finally:
            interpreter.clear()
        if not was_served(history, rules.service):
            return made
    return wanted
