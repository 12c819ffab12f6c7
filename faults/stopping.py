"""Holding a client with SIGSTOP while things arrive: it then meets all of them at once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from faults.freezing import is_stopped
from faults.stage import Stage


@contextmanager
def stopped(stage: Stage, *, really: bool = True) -> Iterator[bool]:
    """Stop the client's processes inside the block; yields whether they are all stopped.

    However the block ends, they are continued. `really` False: the block is run without.
    """
    handle = stage.handle
    held = [process.identity for process in stage.processes()] if really else []
    if handle is None or not held:
        yield not really
        return
    try:
        for identity in held:
            stage.mark("SIGSTOP", identity.pid)
            handle.signal(identity, signal.SIGSTOP)
        yield stage.wait(lambda: all(map(is_stopped, held)), "the client to stop")
    finally:
        for identity in held:
            with suppress(ValueError):
                if handle.signal(identity, signal.SIGCONT):
                    stage.mark("SIGCONT", identity.pid)
        stage.wait(lambda: not any(map(is_stopped, held)), "the client to go on")
