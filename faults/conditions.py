"""Moments of a connection that faults wait for: accepted, idle, with unread input, in mid-write.

Each is read from the kernel (the calls that the worker's threads sleep in, the socket's queues),
never guessed from the time that has passed.
"""

from collections.abc import Callable, Iterable

from faults.fault import FaultOutcome, Reading
from faults.payloads import Content, Payload
from faults.server_context import ServerContext
from target import process_status, processes, waits
from target.processes import Identity, Process, Thread
from target.resting import slept_at_once
from target.sockets import TcpSocket, TcpState

TOO_MUCH = Payload(Content.RANDOM, 24 << 20)
"""More than socket buffers on both sides hold, so that an echo to a client that does not read must
block: tcp_wmem and tcp_rmem allow 4 and 32 MiB here, and a window that is not read stays small."""

AWAITING_ROOM = (
    waits.WRITING
    | waits.MULTIPLEXING
    | {waits.FETCHING_SIGNALS, "pause", "rt_sigsuspend", waits.AWAITING_COMPLETIONS}
    | {"nanosleep", "clock_nanosleep"}
)
"""Calls in which a server waits until it can write: also for SIGIO (fcntl(2), F_SETSIG), for what
io_uring(7) completes, and for the moment at which it tries again."""

ENDED = "has ended"
"""The mark of a process that a fault has seen to have ended."""


def wait_until_served(context: ServerContext, *clients: int) -> bool:
    """Wait until all are accepted and, where a process is made for each, that one has it.

    A forking server's listener must have closed its own copy, unless it never does.
    """
    return context.wait(lambda: all(map(context.accepted, clients))) and context.wait(
        lambda: all_asleep(context.listeners())
    )


def await_echo(context: ServerContext, *clients: int) -> bool:
    """Let these clients read, and wait until they have what they are owed; return whether so."""
    for client in clients:
        context.set_reading(client, Reading.EAGER)
    return context.wait(lambda: all(map(context.is_satisfied, clients)))


def not_connected(context: ServerContext, client: int) -> FaultOutcome:
    """Return why a fault does not happen to a client that is not, or no more, connected."""
    if context.was_let_go(client):
        return FaultOutcome.impossible(f"the server ends the connection of c{client} by itself")
    return FaultOutcome.missed(f"c{client} was not connected")


def not_accepted(context: ServerContext, client: int) -> FaultOutcome:
    """Return why a fault does not happen to a client that was not seen to be accepted.

    With TCP_DEFER_ACCEPT (tcp(7)) the handshake has ended for the client alone, as it has where the
    accept queue is full.
    """
    end, handle = context.link.server_end(client), context.handle
    is_full = handle is not None and handle.queue_is_full()
    if end is not None and end.state is TcpState.SYN_RECV and not is_full:
        return FaultOutcome.impossible(f"c{client} is accepted when it has sent something")
    if not context.is_open(client):
        return not_connected(context, client)
    return FaultOutcome.missed(f"c{client} was not accepted")


def all_taken(context: ServerContext, clients: Iterable[int]) -> bool:
    """Return whether each of these clients has been accepted, or is not connected any more."""
    return all(context.accepted(client) or not context.is_open(client) for client in clients)


def all_asleep(found: tuple[Process, ...]) -> bool:
    """Return whether every thread of these processes slept in a system call at one moment."""
    before = _asleep(found)
    return before is not None and slept_at_once(before, _asleep(found) or ())


def sleep_while(found: tuple[Process, ...], condition: Callable[[], bool]) -> bool:
    """Return whether the condition holds at a moment at which all these processes sleep.

    One that sleeps before and after may have woken in between, and have done what the condition is
    about: the context switches show it.
    """
    before = _asleep(found)
    return before is not None and condition() and before == _asleep(found)


def _asleep(found: tuple[Process, ...]) -> list[Thread] | None:
    """Return the threads of these processes where each is found asleep, None where one is not."""
    threads = [one for process in found for one in _living(process)]
    return threads if all(one.sleeps for one in threads) else None


def _living(process: Process) -> Iterable[Thread]:
    """Return the threads of a process without one that ended before others (pthread_exit(3))."""
    threads = processes.threads_of(process.identity.pid)
    return [one for one in threads if not one.has_ended] or threads


def has_ended(identity: Identity) -> bool:
    """Return whether a process has ended, reaped or not."""
    return processes.has_ended(identity)


def is_blocked_again(process: Process) -> bool:
    """Return whether a process has taken its signals and sleeps in a call again, or has ended."""
    return has_ended(process.identity) or (
        not has_signal_pending(process) and all_asleep((process,))
    )


def has_signal_pending(process: Process) -> bool:
    """Return whether a process has a signal pending that it does not block."""
    masks = process_status.signals_of(process.identity.pid)
    return masks is not None and bool(masks.pending - masks.blocked)


def mark_ended(context: ServerContext, identities: Iterable[Identity]) -> None:
    """Record that these processes were seen to have ended."""
    for identity in identities:
        context.mark(ENDED, identity.pid)


def calls_of(process: Process) -> set[str]:
    """Return the names of the calls that the threads of a process sleep in."""
    threads = processes.threads_of(process.identity.pid)
    return {thread.wait.call for thread in threads if thread.wait is not None}


def of_a_pool(context: ServerContext, client: int) -> tuple[Process, ...]:
    """Return the process of a pool that alone holds this connection, none where others do too."""
    if context.handle is None:
        return ()
    holders = context.handle.holders(context.endpoint(client))
    of_pool = {process.identity for process in context.pool()}
    return holders if len(holders) == 1 and holders[0].identity in of_pool else ()


def is_idle(context: ServerContext, client: int) -> bool:
    """Return whether the worker of this client sleeps and has nothing left to read, or to send."""
    found = _asleep_without_input(context, client)
    return found is not None and found.send_queue == 0


def is_done(context: ServerContext, client: int) -> bool:
    """Return whether it is idle, or has sent what was asked and goes on without end (RFC 864)."""
    found = _asleep_without_input(context, client)
    return found is not None and (found.send_queue == 0 or context.is_satisfied(client))


def _asleep_without_input(context: ServerContext, client: int) -> TcpSocket | None:
    workers = context.workers(client) or of_a_pool(context, client)
    before = _asleep(workers)
    if context.handle is None or not before:
        return None
    found = context.handle.connection(context.endpoint(client))
    if found is None or found.receive_queue > 0:
        return None
    # One that sleeps before and after may have read the input in between, and not answered it yet.
    return found if slept_at_once(before, _asleep(workers) or ()) else None


def has_unread_input(context: ServerContext, client: int) -> bool:
    """Return whether bytes of this client wait in the server's receive queue."""
    if context.handle is None:
        return False
    found = context.handle.connection(context.endpoint(client))
    return found is not None and found.receive_queue > 0


def is_blocked_in_write(context: ServerContext, client: int) -> bool:
    """Return whether what serves this client sleeps because the client does not read.

    Our own bytes are stuck; with processes, `awaits_room` holds as well.
    """
    return context.is_stuck(client) and (context.handle is None or awaits_room(context, client))


def awaits_room(context: ServerContext, client: int) -> bool:
    """Return whether all that hold the connection sleep, and one in a call that may tell of room.

    That is a write or a wait for events, while bytes of the client are there to be read, and the
    send queue is not empty.
    """
    if context.handle is None:
        return False
    holders = context.handle.holders(context.endpoint(client))
    if not holders or not any(calls_of(process) & AWAITING_ROOM for process in holders):
        return False
    # Where no bytes are there a thread may sleep in a read, and be the one that hears of an error.
    return sleep_while(holders, lambda: _holds_both_ways(context, client))


def _holds_both_ways(context: ServerContext, client: int) -> bool:
    found = context.link.server_end(client)
    return found is not None and found.send_queue > 0 and found.receive_queue > 0


def block_in_write(context: ServerContext, client: int, payload: Payload) -> bool:
    """Send without reading until the server blocks; return whether it did."""
    context.set_reading(client, Reading.LATE)
    context.send(client, payload)
    return context.wait(
        lambda: is_blocked_in_write(context, client) or not context.is_open(client),
    ) and context.is_open(client)
