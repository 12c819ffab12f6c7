"""Programs that tests compile: once for each content of their sources, shared by all workers.

The results stay below the checkout's `.pytest_cache`, so that a second run compiles nothing.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".pytest_cache" / "compiled"

BYTECODE = ROOT / ".pytest_cache" / "bytecode"

TESTS = Path(__file__).parent

DONE = ".done"
"""A file in a folder that was filled whole."""


def keep_bytecode() -> None:
    """Let Python keep bytecode, in this process and in those that it starts.

    Where the environment forbids it (PYTHONDONTWRITEBYTECODE), each of the thousands of processes
    that the tests start would compile all modules anew. It is kept beside no source then.
    """
    if sys.dont_write_bytecode:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(BYTECODE)
        sys.dont_write_bytecode = False


def compiled(source: Path, command: Sequence[str], name: str = "") -> Path:
    """Return the program that a compiler makes of one C file and the headers of the tests.

    `command` is the compiler with its options; `name` is the program's, by default the source's.
    """
    program = name or source.stem
    sources = (source, *sorted(TESTS.rglob("*.h")))

    def make(folder: Path) -> None:
        subprocess.run([*command, "-o", str(folder / program), str(source)], check=True)

    return made_once((*command, program), sources, make) / program


def made_once(words: Iterable[str], sources: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """Return a folder that `make` has filled, made once for these words and sources.

    Another process that wants the same at the same time waits for the first.
    """
    content = hashlib.sha256()
    for word in words:
        content.update(word.encode() + b"\0")
    for source in sources:
        content.update(source.read_bytes() + b"\0")
    return filled_once(KEPT / content.hexdigest()[:20], make)


def shared_by_workers(factory: pytest.TempPathFactory) -> Path:
    """Return a temporary folder that all workers of this run of pytest share (pytest-xdist)."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def filled_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Return this folder, filled by `make` unless it was: others that want it wait for one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / DONE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (folder / DONE).touch()
    return folder
