"""How far a run is, told to whoever shows it: also by the workers of pytest-xdist.

xdist hands what a worker has found to the controlling process when a test is over, and what a
worker prints to nobody. A part of the suite is one test and may take a minute, so a worker tells of
every workload by a datagram to an abstract socket of the controlling process (unix(7)), which
leaves no file behind. Nobody waits for it: a datagram for which there is no room is dropped, and
the next one says all of it again.

Imports nothing of weight: every run of pytest on the machine loads it.
"""

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

LONGEST = 65536
"""Bytes of a datagram that are read; one says a few words."""


@dataclass(frozen=True)
class Underway:
    """How far one part is. `part` is its test, `worker` the xdist worker, empty where is none.

    `violated` are the invariants that have failed in it, `remark` says what is being done.
    """

    part: str
    family: str
    workloads: int
    violated: tuple[str, ...] = ()
    remark: str = ""
    worker: str = ""


Hear = Callable[[Underway], None]


class Speaker:
    """In a worker: tells the controlling process."""

    def __init__(self, address: str, worker: str) -> None:
        self._address = bytes.fromhex(address)
        self._worker = worker
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

    def tell(self, underway: Underway) -> None:
        """Tell how far a part is, if anybody listens and has room for it."""
        words = json.dumps(asdict(replace(underway, worker=self._worker)))
        with contextlib.suppress(OSError):
            self._socket.sendto(words.encode(), self._address)

    def close(self) -> None:
        """Say nothing more."""
        self._socket.close()


class Ear:
    """In the controlling process: hears its workers, in a thread of its own, until it is closed."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("")
        self._thread = threading.Thread(target=self._listen, name="progress", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """What a `Speaker` needs to know."""
        name: bytes = self._socket.getsockname()
        return name.hex()

    def close(self) -> None:
        """Hear nothing more. Twice is harmless."""
        if self._thread.is_alive():
            # Only what is empty ends the thread; a worker never sends that.
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ourselves:
                ourselves.sendto(b"", self._socket.getsockname())
            self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while words := self._socket.recv(LONGEST):
            underway = _understood(words)
            if underway is not None:
                self._hear(underway)


def _understood(words: bytes) -> Underway | None:
    """Return what a datagram says; None for one that is not of a worker of ours."""
    try:
        said = json.loads(words)
        return Underway(**{**said, "violated": tuple(said["violated"])})
    except (ValueError, TypeError, KeyError):
        return None
