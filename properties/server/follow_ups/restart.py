"""Stopping a server and starting it again on its port, while it is busy.

Before the stop there are clients that are being served, so that workers are alive, and a connection
whose server side is in TIME_WAIT, because its worker was killed and so closed first (UNP 7.5). The
server is stopped as an operator would: SIGTERM to what was started, SIGKILL if it goes on.
"""

import signal
from dataclasses import replace

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
from properties.server.events import OpenFailed, Received, Restarted
from properties.server.instance import ServerInstance
from properties.server.interpreter import Interpreter
from properties.server.steps import Open, Receive, Send
from target import processes
from target.errors import TargetError
from target.handle import Handle
from target.ports import Reservation

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


def restart(server: ServerInstance, rules: Rules, history: History) -> None:
    """Stop `server` while it serves, start its command on the same port, and record how it went.

    The new server is stopped before this returns; what is left of the old one is the caller's.
    Nothing is done with a server that we did not start.
    """
    handle, reservation = server.handle, server.reservation
    if handle is None or reservation is None:
        return
    aside = History()
    interpreter = Interpreter(server, rules, aside)
    try:
        interpreter.steps(_within(BUSY, rules))
        _stop(handle, ClientIoLoop(handle, rules.patience), aside)
        restarted = _start_again(handle, reservation, rules, aside)
    finally:
        interpreter.clear()
    history.add(replace(restarted, at=history.now()))


def _within(steps: tuple[Step, ...], rules: Rules) -> tuple[Step, ...]:
    """Leave one connection for the exchange with the new server: old workers may hold theirs."""
    most = rules.limits.connections
    return steps if most is None or most > len(("c1", "c2", "c3")) else steps[:0]


def _stop(handle: Handle, io_loop: ClientIoLoop, history: History) -> None:
    """End the listener, with SIGTERM first; its workers are left alone."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for identity in dict.fromkeys((handle.root, handle.listener)):
            history.add(Marked(history.now(), number.name, identity.pid))
            handle.signal(identity, number)
        stopped = io_loop.wait(
            lambda: conditions.has_ended(handle.root) and not handle.listener_lives()
        )
        if stopped is Conclusion.MET:
            return


def _start_again(
    handle: Handle, reservation: Reservation, rules: Rules, history: History
) -> Restarted:
    left = [process for process in handle.tree() if not process.is_zombie]
    try:
        again = servers.start(
            handle.command,
            handle.host,
            reservation,
            rules.patience,
            pace=handle.pace,
            witness=handle.witness is not None,
        )
    except TargetError as error:
        reason = f"{_describe_holders(handle)}{error}{saying(error.output)}"
        return Restarted(history.now(), False, reason)
    aside = History()
    try:
        served = _serves(again, rules, aside)
    finally:
        again.stop()
    failed = next((one for one in aside.of(OpenFailed) if one.is_local), None)
    if failed is not None:
        words = f"this machine did not let us connect: {failed.reason}"
        return Restarted(history.now(), False, words, inconclusive=True)
    if not served:
        return Restarted(history.now(), False, "started again it listened, but did not echo")
    beside = f" beside {len(left)} of the old one's workers" if left else ""
    return Restarted(history.now(), True, f"started again{beside}")


def _serves(server: ServerInstance, rules: Rules, history: History) -> bool:
    interpreter = Interpreter(server, rules, history)
    try:
        interpreter.exchange(1)
    finally:
        interpreter.clear()
    return any(history.of(Received))


def _describe_holders(handle: Handle) -> str:
    """Describe which of the old server's processes still hold the listening socket."""
    holders = processes.holders_of(handle.listening_inode, handle.tree())
    if not holders:
        return ""
    pids = ", ".join(f"{p.identity.pid} ({p.name})" for p in holders[:4])
    return f"workers of the old server still hold its listening socket: {pids}; "
