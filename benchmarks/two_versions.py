"""How long a check of real servers takes, beside another version of anechoic.

    python -m benchmarks.two_versions --other PYTHON [--limit SECONDS] [NAME ...]

PYTHON is the interpreter of an environment with the other version. Each server of the ready list,
or each of these names (as `anechoic compare` has them), is checked by the other version and by this
one in turn, as a user does it: with the defaults, and the options that state its limits. A check
that has not ended after --limit seconds is interrupted. Prints the seconds of both and their ratio.
"""

import argparse
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.started import started
from properties.compare.implementation import Implementation, build, missing
from properties.compare.implementation_list import READY, read
from properties.model.target_spec import RoleName


@dataclass(frozen=True)
class Both:
    """Seconds of both versions, None for one that was interrupted."""

    name: str
    other: float | None
    this: float | None


def wanted(names: Iterable[str]) -> list[Implementation]:
    """Return the servers of the ready list, or those of these names, that can run here."""
    chosen = set(names)
    servers = [one for one in read(READY) if one.role is RoleName.SERVER]
    unknown = chosen - {one.identifier for one in servers}
    if unknown:
        sys.exit(f"not in the ready list: {', '.join(sorted(unknown))}")
    return [
        one
        for one in servers
        if (not chosen or one.identifier in chosen) and missing(one, own_network=True) is None
    ]


def seconds(python: str, words: tuple[str, ...], limit: float) -> float | None:
    """Return how long a check takes, None where it had to be interrupted."""
    with tempfile.TemporaryDirectory(prefix="anechoic-benchmark-") as folder:
        began = time.monotonic()
        silent = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        process = started(("--seed", "1", *words), Path(folder), python=python, **silent)
        try:
            process.wait(limit)
            return time.monotonic() - began
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait()


def both(implementation: Implementation, other: str, limit: float) -> Both:
    """Check one server with both versions."""
    with tempfile.TemporaryDirectory(prefix="anechoic-benchmark-") as folder:
        words = (*implementation.options, "--", *build(implementation, Path(folder)))
        before = seconds(other, words, limit)
        return Both(implementation.name, before, seconds(sys.executable, words, limit))


def line(row: Both, limit: float) -> str:
    """Say how long both took, and how many times as fast this version is."""
    least = "" if row.other is not None else "> "
    ratio = "-" if row.this is None else f"{least}{(row.other or limit) / row.this:.1f}"
    return f"{row.name:<36} {_told(row.other, limit):>8} {_told(row.this, limit):>8}   {ratio}"


def _told(taken: float | None, limit: float) -> str:
    return f"> {limit:.0f} s" if taken is None else f"{taken:.1f} s"


def main() -> int:
    """Print a line for each server as soon as both have ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--other", required=True, metavar="PYTHON")
    parser.add_argument("--limit", type=float, default=300.0, metavar="SECONDS")
    parser.add_argument("names", nargs="*", metavar="NAME")
    asked = parser.parse_args()
    known: list[float] = []
    print(f"{'server':<36} {'other':>8} {'this':>8}   ratio")
    for implementation in wanted(asked.names):
        row = both(implementation, asked.other, asked.limit)
        known += [row.this] if row.this is not None else []
        print(line(row, asked.limit), flush=True)
    if known:
        print(f"median of this version: {statistics.median(known):.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
