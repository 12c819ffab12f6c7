"""How far a run is, also when the workers of pytest-xdist run its parts.

xdist passes what a worker has found to the controlling process when a test is over, and shows
nothing that a worker prints. A part of the suite is one test and may take a minute, so a worker
sends a datagram after every workload to an abstract socket of the controlling process (unix(7)),
which leaves no file. No process waits for it: a datagram for which there is no room is dropped, and
the next one repeats all of it.
"""

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from properties.model.levels import LEVELS, Level

LONGEST = 65536
"""Bytes of a datagram that are read; one holds a few words."""


@dataclass(frozen=True)
class PartProgress:
    """How far one part is. `part` is its id, `worker` the xdist worker, empty without xdist.

    `violated` are the invariants that have failed in it, `levels` how strong each of them is, in
    words (none: MUST); `remark` says what is being done.
    """

    part: str
    family: str
    workloads: int
    violated: tuple[str, ...] = ()
    remark: str = ""
    worker: str = ""
    levels: tuple[str, ...] = ()

    def violations(self, level: Level) -> list[str]:
        """Return the invariants with a violation that is at least so strong."""
        return [name for name, word in self.words_by_invariant.items() if LEVELS[word] >= level]

    @property
    def words_by_invariant(self) -> dict[str, str]:
        """The level of each violated invariant, in words."""
        words = self.levels or (Level.MUST.word,) * len(self.violated)
        return dict(zip(self.violated, words, strict=True))


OnProgress = Callable[[PartProgress], None]


class ProgressSender:
    """In a worker: reports progress to the controlling process."""

    def __init__(self, address: str, worker: str) -> None:
        self._address = bytes.fromhex(address)
        self._worker = worker
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

    def send(self, progress: PartProgress) -> None:
        """Report how far a part is, if the other process listens and has room for it."""
        with contextlib.suppress(OSError):
            self._socket.sendto(encoded(progress, self._worker), self._address)

    def close(self) -> None:
        """Send nothing more."""
        self._socket.close()


class ProgressReceiver:
    """In the controlling process: receives from its workers, in a thread, until it is closed."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("")
        self._thread = threading.Thread(target=self._listen, name="progress", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """What a `ProgressSender` needs to know."""
        name: bytes = self._socket.getsockname()
        return name.hex()

    def close(self) -> None:
        """Receive nothing more. Idempotent."""
        if self._thread.is_alive():
            # Only an empty datagram ends the thread; a worker never sends one.
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"", self._socket.getsockname())
            self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while words := self._socket.recv(LONGEST):
            progress = decoded(words)
            if progress is not None:
                self._on_progress(progress)


def encoded(progress: PartProgress, worker: str) -> bytes:
    """Return progress as a worker with this name sends it."""
    return json.dumps(asdict(replace(progress, worker=worker))).encode()


def decoded(words: bytes) -> PartProgress | None:
    """Return what a datagram reports; None for one that our workers did not send."""
    try:
        data = json.loads(words)
        lists = {name: tuple(data[name]) for name in ("violated", "levels")}
        return PartProgress(**{**data, **lists})
    except (ValueError, TypeError, KeyError):
        return None
