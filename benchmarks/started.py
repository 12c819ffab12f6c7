"""A check of a target that a benchmark starts: it ends with the benchmark, whatever ends that."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from properties.running.process_lifetime import die_with_parent
from tests.starting import interruptible


def started(
    words: Sequence[str], folder: Path, *, python: str = sys.executable, **streams: Any
) -> subprocess.Popen[str]:
    """Start `anechoic check` with these words in a folder.

    SIGINT interrupts it, also where a shell has started the benchmark in the background.
    """
    with interruptible():
        return subprocess.Popen(
            [python, "-m", "anechoic", "check", *words],
            cwd=folder,
            text=True,
            preexec_fn=die_with_parent,
            **streams,
        )
