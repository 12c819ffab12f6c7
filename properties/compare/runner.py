"""Checking many implementations, several at a time: each by an `anechoic check` of its own.

A check is a process, which reports what happens in it as the events of `--jsonl`. Where they share
a network, one at a time listens on a fixed port. Whatever ends the comparison, nothing is left:
checks end with the process that started them, and their targets with them. One more process waits
for our end, and then removes the folder that was compiled into.
"""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from properties.compare.implementation import Implementation, missing
from properties.compare.result import Compared
from properties.model.levels import LEVELS, Level
from properties.running.exit_status import INTERNAL_ERROR, INTERRUPTED, ExitStatus
from properties.running.process_lifetime import INTERRUPTION, ROOT

LAST_WORDS = 4000
"""Bytes of what a check wrote to standard error that are kept."""

_CHUNK = 65536

_PROGRAM = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
    "from properties.cli.compare_child import main; sys.exit(main(sys.argv[1:]))"
)
"""What a check runs: by our own path, which its targets must not inherit in PYTHONPATH."""


@dataclass
class Check:
    """A running check: how far it is, and what it has found so far."""

    implementation: Implementation
    process: subprocess.Popen[bytes]
    parts: int = 0
    parts_done: int = 0
    workloads: int = 0
    violated: dict[str, Level] = field(default_factory=dict)
    """The violated invariants, each with the level of its strongest violation."""
    fails_from: Level = Level.MUST
    result: dict[str, Any] = field(default_factory=dict)
    _unread: bytes = b""
    _said: bytes = b""
    _of_parts: dict[str, int] = field(default_factory=dict)

    @property
    def outputs(self) -> tuple[tuple[IO[bytes], Callable[[bytes], None]], ...]:
        """What it writes to, and what processes that: events, and words for people."""
        streams = _open(self.process.stdout), _open(self.process.stderr)
        return tuple(zip(streams, (self.take_in, self.take_in_words), strict=True))

    def take_in(self, written: bytes) -> None:
        """Process more of its events."""
        *lines, self._unread = (self._unread + written).split(b"\n")
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                event = None
            if isinstance(event, dict) and "event" in event:
                self._note(event)
            else:
                # What argparse prints for an option such as --help; a line of it may be a number.
                self.take_in_words(line + b"\n")

    def take_in_words(self, written: bytes) -> None:
        """Keep more of what it prints for people."""
        self._said = (self._said + written)[-LAST_WORDS:]

    def _note(self, event: dict[str, Any]) -> None:
        match event["event"]:
            case "started":
                self.parts = event["parts"]
                self.fails_from = LEVELS[event["level"]]
            case "grown":
                self.parts = event["parts"]
            case "workload" | "part":
                self._of_parts[event["part"]] = event["workloads"]
                self.workloads = sum(self._of_parts.values())
                self.parts_done += event["event"] == "part"
            case "violation":
                name, level = event["invariant"], LEVELS[event["level"]]
                self.violated[name] = max(level, self.violated.get(name, level))
            case "finished":
                self.result = event["result"]

    def finished(self, *, stopped: bool) -> Compared:
        """Wait for its process to end, and return the result."""
        status = self.process.wait()
        if not self.result and status != INTERNAL_ERROR:
            status = ExitStatus.USAGE
        elif status not in (*ExitStatus, INTERNAL_ERROR) and not (
            stopped and status == INTERRUPTED
        ):
            # It was killed from outside: what it had found by then is incomplete.
            status = ExitStatus.INCONCLUSIVE
        return Compared(
            self.implementation,
            result=self.result,
            status=status,
            said=self._said.decode(errors="replace"),
            stopped=stopped,
        )


Tell = Callable[[list[Compared], list[Check]], None]
"""Called with the finished and the running checks, whenever something has changed."""


@dataclass
class Comparison:
    """The checks of a list: those that wait, that run, and that are done.

    `own_network`: each check has its own network, so that fixed ports do not collide.
    """

    path: Path
    options_of: Callable[[Implementation], Sequence[str]]
    jobs: int
    own_network: bool
    tell: Tell
    waiting: list[Implementation]
    done: list[Compared] = field(default_factory=list)
    running: list[Check] = field(default_factory=list)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def run(self) -> list[Compared]:
        """Run all checks; return the result of each, in the order of the list.

        An interruption stops those that run, and leaves out those that have not begun.
        """
        order = [one.identifier for one in self.waiting]
        with INTERRUPTION.put_off(), removed_at_the_end() as folder:
            try:
                self._run(folder)
            except KeyboardInterrupt:
                self._stop()
        return sorted(self.done, key=lambda one: order.index(one.implementation.identifier))

    def _run(self, folder: Path) -> None:
        for one in list(self.waiting):
            if reason := missing(one, own_network=self.own_network):
                self.waiting.remove(one)
                self.done.append(Compared(one, missing=reason))
        while self.waiting or self.running:
            self._start_some(folder)
            self.tell(self.done, self.running)
            for key, _ in self._awaited():
                self._read(key)
        self.tell(self.done, self.running)

    def _awaited(self) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait until a check has written or ended: only here an interruption loses nothing."""
        with INTERRUPTION.let_in():
            return self._selector.select()

    def _start_some(self, folder: Path) -> None:
        for one in list(self.waiting):
            if len(self.running) < self.jobs and not self._port_is_taken(one):
                self.waiting.remove(one)
                self._start(one, folder / one.identifier)

    def _port_is_taken(self, one: Implementation) -> bool:
        ports = {check.implementation.port for check in self.running} - {None}
        return not self.own_network and one.port in ports

    def _start(self, implementation: Implementation, folder: Path) -> None:
        folder.mkdir()
        options = self.options_of(implementation)
        words = [str(self.path), implementation.identifier, str(folder), *options]
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, *words, "--jsonl", "-"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Ctrl-C is for us: we stop it.
            start_new_session=True,
        )
        check = Check(implementation, process)
        self.running.append(check)
        for stream, take_in in check.outputs:
            self._selector.register(stream, selectors.EVENT_READ, (check, take_in))

    def _read(self, key: selectors.SelectorKey) -> None:
        check, take_in = key.data
        if written := os.read(key.fd, _CHUNK):
            take_in(written)
            return
        self._selector.unregister(key.fileobj)
        key.fileobj.close()  # type: ignore[union-attr]
        if all(stream.closed for stream, _ in check.outputs):
            self.running.remove(check)
            self.done.append(check.finished(stopped=False))

    def _stop(self) -> None:
        for check in self.running:
            check.process.terminate()
        for check in self.running:
            # A check that is stopped reports what it has found so far.
            for stream, take_in in check.outputs:
                with contextlib.suppress(ValueError, OSError):
                    take_in(stream.read())
                    stream.close()
            self.done.append(check.finished(stopped=True))
        self.running.clear()


def _open(stream: Any) -> Any:
    assert stream is not None
    return stream


@contextmanager
def removed_at_the_end() -> Iterator[Path]:
    """Make a folder that is removed when this process ends, however it ends."""
    folder = tempfile.mkdtemp(prefix="anechoic-")
    # It reads until the pipe has no writer left, which is when this process has ended.
    sweeper = subprocess.Popen(
        ["sh", "-c", 'read nothing; rm -rf -- "$1"', "sh", folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield Path(folder)
    finally:
        _open(sweeper.stdin).close()
        sweeper.wait()
