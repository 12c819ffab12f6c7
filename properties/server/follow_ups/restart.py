"""Stopping a server and starting it again on its port, while it is busy.

Before the stop there are clients that are being served, so that workers are alive, and a connection
whose server side is in TIME_WAIT, because its worker was killed and so closed first (UNP 7.5). The
server is stopped as an operator would: SIGTERM to what was started, SIGKILL if it goes on. Workers
that hold the listening socket and are about to end, for they were told so, may do that first.

The new server is then killed in the same way, with SIGKILL alone and while it serves a client, as
by the kernel when memory is short, and started once more.
"""

import signal
from dataclasses import replace
from signal import Signals

from faults import conditions
from faults.fault import Reading
from faults.payloads import A_LINE
from faults.server.killed_children import KillMoment, KillSignal, KillWorker
from properties.model.events import Conclusion, Marked
from properties.model.history import History
from properties.model.last_words import saying
from properties.model.settings import Rules
from properties.model.steps import Inject, Step
from properties.server import instance as servers
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.clients.served import await_ready, serves
from properties.server.events import OpenFailed
from properties.server.follow_ups.events import Restarted
from properties.server.instance import ServerInstance
from properties.server.interpreter import Interpreter
from properties.server.steps import Open, Receive, Send
from target import processes
from target.errors import TargetError
from target.handle import Handle
from target.ports import Reservation
from target.processes import Process

KILLED = KillWorker(3, KillSignal.KILL, KillMoment.IDLE)
BUSY: tuple[Step, ...] = (
    Open(1),
    Open(2, Reading.LATE),
    Open(3),
    Send(1, A_LINE),
    Receive(1),
    Send(2, A_LINE),
    Send(3, A_LINE),
    Receive(3),
    Inject(KILLED),
)
"""What goes on when the server is stopped: one client served, one not reading, one just killed."""

SERVING: tuple[Step, ...] = (Open(1), Send(1, A_LINE), Receive(1))
"""What goes on when the new one is killed."""

AS_AN_OPERATOR = (signal.SIGTERM, signal.SIGKILL)
AS_OUT_OF_MEMORY = (signal.SIGKILL,)

STAYS_ON = 1.0
"""Seconds that one gets to stop which has gone on before; `clean_stop` judges whether it may."""


def restart(server: ServerInstance, rules: Rules, history: History) -> None:
    """Stop `server` while it serves, start its command on the same port, and record how it went.

    The new server is stopped before this returns; what is left of the old one is the caller's.
    Nothing is done with a server that we did not start.
    """
    handle, reservation = server.handle, server.reservation
    if handle is None or reservation is None:
        return
    restarted, again = _restarted(server, rules, BUSY, AS_AN_OPERATOR)
    try:
        if again is not None:
            killed, last = _restarted(again, rules, SERVING, AS_OUT_OF_MEMORY)
            if last is not None:
                last.stop()
            if not killed.succeeded:
                restarted = replace(killed, detail=f"killed by SIGKILL: {killed.detail}")
    finally:
        if again is not None:
            again.stop()
    history.add(replace(restarted, at=history.now()))


def _restarted(
    server: ServerInstance, rules: Rules, busy: tuple[Step, ...], numbers: tuple[Signals, ...]
) -> tuple[Restarted, ServerInstance | None]:
    """Stop a server in the middle of these steps, and start its command on the same port.

    Returns the new server as well, if it serves.
    """
    handle, reservation = server.handle, server.reservation
    assert handle is not None
    assert reservation is not None
    aside = History()
    interpreter = Interpreter(server, rules, aside)
    try:
        interpreter.steps(_within(busy, rules))
        _stop(handle, rules.patience, aside, numbers)
        return _start_again(handle, reservation, rules, aside)
    finally:
        interpreter.clear()


def _within(steps: tuple[Step, ...], rules: Rules) -> tuple[Step, ...]:
    """Leave one connection for the exchange with the new server: old workers may hold theirs."""
    most = rules.limits.connections
    return steps if most is None or most > len(("c1", "c2", "c3")) else steps[:0]


def _stop(handle: Handle, patience: float, history: History, numbers: tuple[Signals, ...]) -> None:
    """End the listener with these signals, one after the other; its workers are left alone.

    One that was waited for in vain gets less time the next time: it would be killed anyway.
    """
    for number in numbers:
        may_stay = number is not signal.SIGKILL
        is_known = may_stay and handle.pace.stays_on
        io_loop = ClientIoLoop(handle, min(patience, STAYS_ON) if is_known else patience)
        for identity in dict.fromkeys((handle.root, handle.listener)):
            history.add(Marked(history.now(), number.name, identity.pid))
            handle.signal(identity, number)
        stopped = io_loop.wait(
            lambda: conditions.has_ended(handle.root) and not handle.listener_lives()
        )
        if stopped is Conclusion.MET:
            return
        handle.pace.stays_on |= may_stay


def _start_again(
    handle: Handle, reservation: Reservation, rules: Rules, history: History
) -> tuple[Restarted, ServerInstance | None]:
    left = [process for process in handle.tree() if not process.is_zombie]
    try:
        again, late = _started_at_last(handle, reservation, rules)
    except TargetError as error:
        reason = f"{_describe_holders(handle)}{error}{saying(error.output)}"
        return Restarted(history.now(), False, reason), None
    aside = History()
    try:
        await_ready(again, rules)
        served = serves(again, rules, aside)
    except BaseException:
        again.stop()
        raise
    if served:
        return Restarted(history.now(), True, _how(left, late=late)), again
    again.stop()
    failed = next((one for one in aside.of(OpenFailed) if one.is_local), None)
    if failed is not None:
        words = f"this machine did not let us connect: {failed.reason}"
        return Restarted(history.now(), False, words, inconclusive=True), None
    words = "started again it listened, but did not serve"
    return Restarted(history.now(), False, words, listened=True), None


def _how(left: list[Process], *, late: bool) -> str:
    """Describe how it started again, and beside what was left of the old one."""
    if late:
        return "started again once the old one's processes had ended, which they did by themselves"
    beside = f" beside {len(left)} of the old one's workers" if left else ""
    return f"started again{beside}"


def _started(handle: Handle, reservation: Reservation, rules: Rules) -> ServerInstance:
    return servers.start(
        handle.command,
        handle.host,
        reservation,
        rules.patience,
        pace=handle.pace,
        witness=handle.witness is not None,
    )


def _started_at_last(
    handle: Handle, reservation: Reservation, rules: Rules
) -> tuple[ServerInstance, bool]:
    """Start it; where that fails and the old listening socket closes by itself, once more.

    Returns also whether it was started only then. Raises TargetError when it cannot be started.
    The kernel says whether it is open: a process that is about to end shows no descriptors any
    more, while another of its threads still keeps them.
    """
    was_open = handle.listening_is_open()
    try:
        return _started(handle, reservation, rules), False
    except TargetError:
        if not was_open:
            raise
        closed = ClientIoLoop(handle, rules.patience).wait(lambda: not handle.listening_is_open())
        if closed is not Conclusion.MET:
            raise
    return _started(handle, reservation, rules), True


def _holders(handle: Handle) -> tuple[Process, ...]:
    """Return which of the old server's processes still hold the listening socket."""
    return tuple(processes.holders_of(handle.listening_inode, handle.tree()))


def _describe_holders(handle: Handle) -> str:
    """Describe which of the old server's processes still hold the listening socket."""
    holders = _holders(handle)
    if not holders:
        return ""
    pids = ", ".join(f"{p.identity.pid} ({p.name})" for p in holders[:4])
    return f"workers of the old server still hold its listening socket: {pids}; "
