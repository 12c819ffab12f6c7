"""Moments of a connection that faults wait for: accepted, idle, with unread input, in mid-write.

Each is read from the kernel (the calls that the worker's threads sleep in, the socket's queues),
never guessed from the time that has passed.
"""

from collections.abc import Callable, Iterable

from faults.fault import Reading, Scene
from faults.payloads import Content, Payload
from target import processes, waits
from target.processes import Identity, Process, Thread

TOO_MUCH = Payload(Content.RANDOM, 24 << 20)
"""More than socket buffers on both sides hold, so that an echo to a client that does not read must
block: tcp_wmem and tcp_rmem allow 4 and 32 MiB here, and a window that is not read stays small."""

ENDED = "has ended"
"""What a fault marks a process with once it has seen that it ended."""


def wait_until_served(scene: Scene, client: int) -> bool:
    """Wait until the connection is accepted and, where a process is made for it, that one has it.

    A forking server's listener must have closed its own copy, or be one that never does.
    """
    return scene.wait(lambda: scene.accepted(client), f"c{client} to be accepted") and scene.wait(
        lambda: all_asleep(scene.listeners()), "the listener to wait for the next client"
    )


def all_taken(scene: Scene, clients: Iterable[int]) -> bool:
    """Tell whether each of these clients has been accepted, or is not connected any more."""
    return all(scene.accepted(client) or not scene.is_open(client) for client in clients)


def all_asleep(found: tuple[Process, ...]) -> bool:
    """Tell whether every thread of these processes sleeps in a system call."""
    return all(thread.sleeps for thread in _threads(found))


def sleep_while(found: tuple[Process, ...], condition: Callable[[], bool]) -> bool:
    """Tell whether the condition holds at a moment at which all these processes sleep.

    One that slept before and sleeps again behind it may have woken in between, and have done what
    the condition is about: the context switches tell.
    """
    before = _threads(found)
    return all(thread.sleeps for thread in before) and condition() and before == _threads(found)


def _threads(found: tuple[Process, ...]) -> list[Thread]:
    return [one for process in found for one in processes.threads_of(process.identity.pid)]


def has_ended(identity: Identity) -> bool:
    """Tell whether a process has ended, reaped or not."""
    process = processes.look_at(identity.pid)
    return process is None or process.identity != identity or process.is_zombie


def is_blocked_again(process: Process) -> bool:
    """Tell whether a process has taken its signals and sleeps in a call again, or has ended."""
    return has_ended(process.identity) or (
        not has_signal_pending(process) and all_asleep((process,))
    )


def has_signal_pending(process: Process) -> bool:
    """Tell whether a signal that it does not block waits for a process."""
    masks = processes.signals_of(process.identity.pid)
    return masks is not None and bool(masks.pending - masks.blocked)


def mark_ended(scene: Scene, identities: Iterable[Identity]) -> None:
    """Record that these processes were seen to have ended."""
    for identity in identities:
        scene.mark(ENDED, identity.pid)


def calls_of(process: Process) -> set[str]:
    """Return the names of the calls that the threads of a process sleep in."""
    threads = processes.threads_of(process.identity.pid)
    return {thread.wait.call for thread in threads if thread.wait is not None}


def is_idle(scene: Scene, client: int) -> bool:
    """Tell whether the worker of this client sleeps and has nothing left to read."""
    workers = scene.workers(client)
    if scene.handle is None or not workers or not all_asleep(workers):
        return False
    found = scene.handle.connection(scene.endpoint(client))
    return found is not None and found.receive_queue == 0 and found.send_queue == 0


def has_unread_input(scene: Scene, client: int) -> bool:
    """Tell whether bytes of this client wait in the server's receive queue."""
    if scene.handle is None:
        return False
    found = scene.handle.connection(scene.endpoint(client))
    return found is not None and found.receive_queue > 0


def is_blocked_in_write(scene: Scene, client: int) -> bool:
    """Tell whether what serves this client sleeps because the client does not read.

    With processes: everything that holds the connection sleeps, in a write or in a poll, while the
    send queue is full. Without: our own bytes are stuck behind the server's.
    """
    if not scene.is_stuck(client):
        return False
    if scene.handle is None:
        return True
    holders = scene.handle.holders(scene.endpoint(client))
    if not holders or not all_asleep(holders):
        return False
    found = scene.handle.connection(scene.endpoint(client))
    calls = {call for process in holders for call in calls_of(process)}
    return (
        found is not None
        and found.send_queue > 0
        and bool(calls & (waits.WRITING | waits.MULTIPLEXING))
    )


def block_in_write(scene: Scene, client: int, payload: Payload) -> bool:
    """Send without reading until the server blocks; return whether it did."""
    scene.set_reading(client, Reading.LATE)
    scene.send(client, payload)
    return scene.wait(
        lambda: is_blocked_in_write(scene, client) or not scene.is_open(client),
        f"the server to block in a write to c{client}",
    ) and scene.is_open(client)
