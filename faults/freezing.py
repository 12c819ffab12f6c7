"""Holding the listener with SIGSTOP while something happens: the way to make a race certain.

Events that reach a stopped process wait for it: SIGCHLDs merge into one, connections and resets
pile up in the accept queue. SIGSTOP and SIGCONT alone may interrupt some calls (signal(7),
"Interruption of system calls and library functions by stop signals"); that is why `freeze` is a
fault of its own.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from faults.fault import Scene
from faults.stage import Stage
from target import processes
from target.handle import Handle
from target.held import Held
from target.processes import Identity, Process


@contextmanager
def frozen_listener(scene: Scene, handle: Handle) -> Iterator[bool]:
    """Stop the listening processes inside the block; see `frozen`."""
    with frozen(scene, handle, scene.listeners()) as stopped:
        yield stopped


@contextmanager
def frozen(scene: Scene | Stage, handle: Held, found: tuple[Process, ...]) -> Iterator[bool]:
    """Stop these processes inside the block; yields whether they all stopped.

    However the block ends, they are continued, and the end is waited for.
    """
    held = [process.identity for process in found]
    try:
        for identity in held:
            scene.mark("SIGSTOP", identity.pid)
            handle.signal(identity, signal.SIGSTOP)
        yield bool(held) and scene.wait(
            lambda: all(is_stopped(identity) for identity in held), "the process to stop"
        )
    finally:
        thaw(scene, handle, held)


def thaw(scene: Scene | Stage, handle: Held, held: list[Identity]) -> None:
    """Continue stopped processes and wait until they are. Works on dead ones."""
    for identity in held:
        # One that cannot be found must not keep the others stopped.
        with suppress(ValueError):
            if handle.signal(identity, signal.SIGCONT):
                scene.mark("SIGCONT", identity.pid)
    scene.wait(lambda: not any(is_stopped(identity) for identity in held), "the process to go on")


def is_stopped(identity: Identity) -> bool:
    """Tell whether SIGSTOP has taken effect on every thread."""
    process = processes.look_at(identity.pid)
    return (
        process is not None
        and process.identity == identity
        and all(thread.state in "TtZX" for thread in processes.threads_of(identity.pid))
    )
