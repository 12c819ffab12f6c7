"""Being woken by a child that ends: a pipe that poll(2) watches (signal.set_wakeup_fd).

Loaded by the keeper, so it imports as little as the keeper does.
"""

import os
import signal


def woken_by_children() -> tuple[int, int]:
    """Return both ends of a pipe that gets a byte for each signal. Raises OSError."""
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reading, writing


def drain(pipe: int) -> None:
    """Empty a non-blocking pipe."""
    try:
        while os.read(pipe, 4096):
            pass
    except BlockingIOError:
        return
