"""clean_stop: a server that is told to stop stops, and loses nothing that it has written.

Observed in the fault family `stops`, on a server of its own: SIGTERM or SIGINT, to the process that
was started or to all. What is left is looked at twice: while the clients are connected, and when
they have left. What goes on serving a client is right to live on.
"""

from collections.abc import Iterator
from signal import Signals

from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.last_words import saying
from properties.model.verdict import Invariant, Verdict
from properties.server.client_numbers import client_name
from properties.server.events import Ended, Received, Stalled
from properties.server.stopping.events import (
    LeftProcess,
    ServedAtStop,
    StopAwaited,
    ToldToStop,
)

REQUIREMENT = (
    "told to stop, a server SHOULD accept no more, end within the patience, lose no byte that it "
    "has written, and leave no process that neither serves nor ends"
)

DEFAULT_STATUS = 128
"""A shell, and some runtimes, exit with this plus the number of the signal that ended them."""

INTERRUPT = "SIGINT"
NO_ORDER = "SIGINT is no order to it: it catches it, goes on and still listens"

MOST_NAMED = 4


def judge(history: History) -> Verdict:
    """Judge what became of a server that was told to stop."""
    told = next(history.of(ToldToStop), None)
    if told is None:
        return Verdict.not_tried()
    looks = tuple(history.of(StopAwaited))
    if not looks:
        return Verdict.inconclusive("what became of the server was not seen")
    if any(look.conclusion is Conclusion.STARVED for look in looks):
        return Verdict.inconclusive(f"after {told.signal}: {Conclusion.STARVED.value}")
    if told.signal == INTERRUPT and _goes_on_as_before(told, looks[0]):
        return Verdict.not_applicable(NO_ORDER)
    found = next(_findings(history, told, looks), "")
    if found:
        return Verdict.failed(f"after {told.signal} to {_to(told)} {found}")
    return Verdict.passed(_passed(looks))


def _goes_on_as_before(told: ToldToStop, look: StopAwaited) -> bool:
    """Return whether the process that was started lives on, and the server still listens.

    SIGINT is what a terminal sends; a daemon may give it a meaning of its own, as xinetd does.
    """
    return bool(look.listening) and any(left.process.pid == told.root for left in look.left)


def _findings(history: History, told: ToldToStop, looks: tuple[StopAwaited, ...]) -> Iterator[str]:
    """Return what should not be, the cause first."""
    yield from _still_listens(told, looks[0])
    yield from _waits_unsaid(told, looks[0])
    for served in told.clients:
        if _is_deliberate(told, served, looks):
            yield from _lost(history, served)
    yield from _not_served(history, told)
    if not looks[-1].with_clients:
        yield from _left_over(told, looks[-1])


def _still_listens(told: ToldToStop, look: StopAwaited) -> Iterator[str]:
    holding = [left for left in look.left if left.process.pid in look.listening]
    if holding:
        yield f"it still listens: {_named(told, holding)}"


def _waits_unsaid(told: ToldToStop, look: StopAwaited) -> Iterator[str]:
    """A process that waits for its clients to leave, and says so, can be told from one that hangs.

    Whoever has started it sees that alone, and starts no other as long as it lives.
    """
    root = [left for left in look.left if left.process.pid == told.root]
    if root and look.with_clients and not look.said.strip():
        clients = sorted({client for left in look.left for client in left.clients})
        names = ", ".join(map(client_name, clients))
        yield (
            f"it does not end as long as {names or 'a client'} stays connected, and says nothing "
            f"of that: {_named(told, root)}"
        )


def _is_deliberate(told: ToldToStop, served: ServedAtStop, looks: tuple[StopAwaited, ...]) -> bool:
    """Return whether the program itself decided what becomes of this client.

    Not so by the default action, nor where a runtime of its own accord catches the signal, and ends
    the program in the same way: by the signal, by its status, or by an exception that only SIGINT
    raises.
    """
    caught = {action.pid: action.caught for action in told.actions}
    if not all({told.signal, "SIGTERM"} <= set(caught.get(pid, ())) for pid in served.by):
        return False
    by = Signals[told.signal]
    by_default = any(one.signal == by or one.status == DEFAULT_STATUS + by for one in looks)
    return bool(served.by) and not by_default


def _lost(history: History, served: ServedAtStop) -> Iterator[str]:
    client = served.client
    got = max((one.total for one in history.of(Received) if one.client == client), default=0)
    ended = next((one for one in history.of(Ended) if one.client == client), None)
    if ended is not None and got < served.written:
        yield (
            f"{client_name(client)} got {ended.end.value} and {got} of {served.written} bytes that "
            "had been written to it"
        )


def _not_served(history: History, told: ToldToStop) -> Iterator[str]:
    for stall in history.of(Stalled):
        if stall.at >= told.at and stall.awaited == "echo" and stall.conclusion.is_proof:
            who = client_name(stall.client)
            yield f"{who} is neither served nor told of an end: {stall.evidence}"


def _left_over(told: ToldToStop, look: StopAwaited) -> Iterator[str]:
    if look.left:
        yield (
            f"and with no client left it had to be killed: {_named(told, look.left)}"
            f"{saying(look.said)}"
        )


def _to(told: ToldToStop) -> str:
    return ", ".join(map(str, told.told[:MOST_NAMED])) + (
        f" and {len(told.told) - MOST_NAMED} more" if len(told.told) > MOST_NAMED else ""
    )


def _named(told: ToldToStop, found: list[LeftProcess] | tuple[LeftProcess, ...]) -> str:
    words = [f"{left.process}{_why(told, left)}" for left in found[:MOST_NAMED]]
    return ", ".join(words) + (f" and {len(found) - MOST_NAMED} more" if found[MOST_NAMED:] else "")


def _why(told: ToldToStop, left: LeftProcess) -> str:
    if left.ignores:
        return f", which ignores {told.signal}"
    if left.blocks and left.pending:
        return f", which blocks {told.signal}, so that it is pending"
    return "" if left.told else ", which was not told"


def _passed(looks: tuple[StopAwaited, ...]) -> str:
    serving = [left for left in looks[0].left if left.clients]
    if not serving:
        return "it has ended"
    return f"it has ended, {len(serving)} of its processes once their clients had left"


INVARIANT = Invariant(
    "clean_stop", "UNP 5.16", REQUIREMENT, judge, needs_processes=True, judges_the_end=True
)
