"""Trying a mutant: the tests of a module in a fork of a process that has imported all the rest.

A mutant counts as killed when a test fails or cannot be collected, or when it computes for much
longer than the tests do without it. A mutant that only sleeps is ended after a while, which counts
as killed as well: a test that never ends is no test that passes.
"""

import enum
import gc
import os
import resource
import select
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from benchmarks.judges.imports import ROOT, Instead, forget_what_imports, name_of, parsed
from benchmarks.judges.mutants import mutants_of

TIMES_AS_LONG = 5
AT_LEAST = 3
"""Seconds of processor time, and how many times as long as without the mutant, that tests may
take."""

ASLEEP = 40.0
"""Seconds after which a mutant is ended that sleeps."""

OPTIONS = (
    "-q",
    "-x",
    "--confcutdir=tests/properties",
    "--no-header",
    "--tb=no",
    # What takes time and finds nothing here.
    "-o",
    "faulthandler_timeout=0",
    *(
        word
        for name in (
            "cacheprovider",
            "unraisableexception",
            "threadexception",
            "logging",
            "doctest",
        )
        for word in ("-p", f"no:{name}")
    ),
)


class Fate(enum.Enum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    COMPUTED = "killed by its processor time"
    SLEPT = "killed after it had slept"


class NotGreen(Exception):
    """The tests fail without a mutant."""


@dataclass(frozen=True)
class Tried:
    """A mutant, and what became of it."""

    key: str
    line: int
    fate: Fate


class Trying:
    """Tries the mutants of one module. `path` and `tests` are relative to the root.

    `state`: a folder for what tests make.

    It has to be made in a process of its own: it forgets modules, and changes what imports find.
    """

    def __init__(self, path: str, tests: tuple[str, ...], state: str) -> None:
        self._path, self._tests = path, tests
        self._name = name_of(path)
        self._tree = parsed(path)
        os.chdir(ROOT)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        os.environ["XDG_STATE_HOME"] = state
        sys.path.insert(0, str(ROOT))
        self._most = AT_LEAST
        self._import_all()

    def _import_all(self) -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        with _Silent():
            status = self._run_tests()
        if status:
            raise NotGreen(f"the tests of {self._path} do not pass: {', '.join(self._tests)}")
        used = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
        self._most = max(AT_LEAST, round(TIMES_AS_LONG * used))
        forget_what_imports(self._name)
        gc.freeze()

    def all(self, keys: frozenset[str] = frozenset()) -> Iterator[Tried]:
        """Try all mutants, or those with these keys."""
        for mutant in mutants_of(self._tree, self._path):
            if not keys or mutant.key in keys:
                pid = os.fork()
                if pid == 0:
                    mutant.apply()
                    self._end_with_the_tests()
                yield Tried(mutant.key, mutant.line, _fate_of(pid))

    def _end_with_the_tests(self) -> None:
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (self._most, self._most + 1))
            sys.meta_path.insert(0, Instead(self._name, self._tree))
            with _Silent():
                status = self._run_tests()
        finally:
            os._exit(status)

    def _run_tests(self) -> int:
        """Run one file or folder after the other until a test fails: most mutants end soon."""
        for tests in self._tests:
            if status := int(pytest.main([*OPTIONS, "--rootdir", str(ROOT), tests])):
                return status
        return 0


class _Silent:
    """Sends what is printed nowhere."""

    def __enter__(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self._kept = os.dup(1), os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.close(nowhere)

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        for kept, number in zip(self._kept, (1, 2), strict=True):
            os.dup2(kept, number)
            os.close(kept)


def _fate_of(pid: int) -> Fate:
    with open(os.pidfd_open(pid), "rb", closefd=True) as ended:
        is_over = bool(select.select([ended], [], [], ASLEEP)[0])
        if not is_over:
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    if not is_over:
        return Fate.SLEPT
    code = os.waitstatus_to_exitcode(status)
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return Fate.COMPUTED
    return Fate.SURVIVED if code == 0 else Fate.KILLED
