"""Holding the listener with SIGSTOP while something happens: the way to make a race certain.

Events that reach a stopped process wait for it: SIGCHLDs merge into one, connections and resets
pile up in the accept queue. SIGSTOP and SIGCONT alone may interrupt some calls (signal(7),
"Interruption of system calls and library functions by stop signals"); that is why `freeze` is a
fault of its own.
"""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from faults.client_context import ClientContext
from faults.conditions import has_ended
from faults.server_context import ServerContext
from target import processes
from target.handle import Handle
from target.held import Held
from target.processes import Identity, Process


@contextmanager
def frozen_listener(context: ServerContext, handle: Handle) -> Iterator[bool]:
    """Stop the listening processes inside the block; see `frozen`."""
    with frozen(context, handle, context.listeners()) as stopped:
        yield stopped


@contextmanager
def frozen(
    context: ServerContext | ClientContext, handle: Held, found: tuple[Process, ...]
) -> Iterator[bool]:
    """Stop these processes inside the block; yields whether all that have not ended stopped.

    However the block ends, they are continued, and it waits until they are.
    """
    held = [process.identity for process in found]
    try:
        for identity in held:
            context.mark("SIGSTOP", identity.pid)
            handle.signal(identity, signal.SIGSTOP)
        # The parent of one that ends just now may be stopped already, and does not reap it.
        is_held = context.wait(lambda: all(is_stopped(one) or has_ended(one) for one in held))
        # Once they go on, it cannot be seen any more which calls they are in.
        handle.look()
        yield is_held and any(is_stopped(identity) for identity in held)
    finally:
        thaw(context, handle, held)


@contextmanager
def stopped(context: ClientContext, *, really: bool = True) -> Iterator[bool]:
    """Stop a client's processes inside the block, so that it meets all that comes at once.

    With `really` False the block runs without a stop.
    """
    if not really or context.handle is None:
        yield not really
        return
    with frozen(context, context.handle, context.processes()) as is_held:
        yield is_held


class StoppedServer:
    """Keeps all processes of a server stopped while several things come, which it meets at once."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context
        self._block = ExitStack()
        self._is_stopped = False

    def stop(self) -> None:
        """Stop them, if they are there. Idempotent."""
        handle = self._context.handle
        if handle is None or self._is_stopped:
            return
        found = tuple(process for process in handle.tree() if not process.is_zombie)
        # One that has ended meanwhile is found by others.
        with suppress(OSError, LookupError, ValueError):
            self._block.enter_context(frozen(self._context, handle, found))
            self._is_stopped = True

    def go_on(self, clients: tuple[int, ...]) -> None:
        """Continue them, once all that these clients have sent has come. Idempotent."""
        if self._is_stopped:
            self._context.wait(lambda: all(map(self._has_come, clients)))
            self._is_stopped = False
        with suppress(OSError, LookupError, ValueError):
            self._block.close()

    def _has_come(self, client: int) -> bool:
        return self._context.has_arrived(client) or self._context.is_stuck(client)


def thaw(context: ServerContext | ClientContext, handle: Held, held: list[Identity]) -> None:
    """Continue stopped processes and wait until they are. Ended ones may be among them."""
    for identity in held:
        # One that cannot be found must not keep the others stopped.
        with suppress(ValueError):
            if handle.signal(identity, signal.SIGCONT):
                context.mark("SIGCONT", identity.pid)
    context.wait(lambda: not any(is_stopped(identity) for identity in held))


def is_stopped(identity: Identity) -> bool:
    """Return whether SIGSTOP has taken effect on every thread that has not ended."""
    process = processes.look_at(identity.pid)
    if process is None or process.identity != identity:
        return False
    # All have ended where the process ends right now: nothing holds it.
    alive = [one for one in processes.threads_of(identity.pid) if not one.has_ended]
    return bool(alive) and all(one.state in "Tt" for one in alive)
