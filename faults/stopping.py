"""Holding a client with SIGSTOP while things arrive: it then meets all of them at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from faults.freezing import frozen
from faults.stage import Stage


@contextmanager
def stopped(stage: Stage, *, really: bool = True) -> Iterator[bool]:
    """Stop the client's processes inside the block; see `faults.freezing.frozen`.

    `really` False: the block is run without.
    """
    if not really or stage.handle is None:
        yield not really
        return
    with frozen(stage, stage.handle, stage.processes()) as is_held:
        yield is_held
