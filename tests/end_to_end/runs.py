"""Giving `anechoic` a command line, and finding every process that belongs to one run of it.

What is interrupted is run as a user does: `MarkedRun`. What runs to its end is forked from a
process that has loaded all modules: `finished`. What is refused before anything starts is answered
in the test's own process: `answered`.

A run is marked by a variable in its environment, which every process below it inherits: the
nursery, the keepers, the targets and their workers. So what is left can be found without names.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest

from properties.cli.main import main
from properties.running.process_lifetime import SIGNALS
from tests.end_to_end.preloaded import preloaded
from tests.starting import interruptible

MARK = "ANECHOIC_TEST_RUN"
PATIENCE = 60.0

SHORT = (
    "check",
    "--max-examples",
    "1",
    "--no-sweep",
    "--fault",
    "control",
    "--seed",
    "1",
    "-n",
    "1",
)
"""The shortest check of a server that is of use: one workload without a fault."""

_POLLING = threading.Event()
"""Never set: the pause between two looks."""


@dataclass
class MarkedRun:
    """A run of the command line that can be recognised by its processes' environment."""

    arguments: Sequence[str]
    folder: Path
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    temporary: Path | None = None
    process: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables that it is started with."""
        own = {"TMPDIR": str(self.temporary)} if self.temporary else {}
        return {**os.environ, MARK: self.mark, "PYTHONPATH": str(Path(__file__).parents[2]), **own}

    def start(self) -> subprocess.Popen[str]:
        """Start it, its output in a pipe."""
        with interruptible():
            self.process = subprocess.Popen(
                [sys.executable, "-m", "anechoic", *self.arguments],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        return self.process

    def processes(self) -> set[int]:
        """Return the pids of all processes of this run that are not zombies."""
        needle = f"{MARK}={self.mark}".encode()
        return {
            pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _has(pid, needle)
        }


def _has(pid: int, needle: bytes) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return needle in file.read()
    except OSError:
        return False


def finished(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end, in a process that has its modules already."""
    environment = MarkedRun(arguments, folder).environment
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        status = preloaded().run(arguments, folder, environment, out.fileno())
        out.seek(0)
        return subprocess.CompletedProcess(list(arguments), status, out.read())


def answered(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line that starts nothing in this process: its imports take a second elsewhere.

    One that starts a process after all ends as a defect of our own does.
    """
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as out,
        tempfile.TemporaryFile("w+", encoding="utf-8") as err,
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.chdir(folder)
        patched.setattr(sys, "stdout", out)
        patched.setattr(sys, "stderr", err)
        patched.setattr(subprocess.Popen, "__init__", start_nothing)
        try:
            status = main(arguments)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(list(arguments), status, out.read(), err.read())


def is_refused(done: subprocess.CompletedProcess[str], words: str) -> None:
    """Check that a command line is answered with these words, status 2 and no more."""
    said = f"{done.stdout}{done.stderr or ''}"
    assert done.returncode == 2, said
    assert words in " ".join(said.split())
    assert "Traceback" not in said
    assert all(len(line) <= 100 for line in said.splitlines())


def start_nothing(*arguments: object, **named: object) -> NoReturn:
    """Stand for subprocess.Popen where nothing is to be started."""
    raise AssertionError(f"it starts {arguments} {named}")


def holds_within(condition: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Look until the condition holds, for at most `patience` seconds; return whether it does."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        _POLLING.wait(0.005)
    return True
