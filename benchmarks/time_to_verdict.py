"""How long it takes from the start of `anechoic check` to the shrunk case of each mutant.

    python -m benchmarks.time_to_verdict [--role server|client] [--as plain|alarm|waking]
                                         [--only WORDS] [--every N] [--write]

The whole command is timed, all fault families included, as a user starts it. It is ended with the
first `shrunk` event of the invariant that names the mistake, or its `violation` event. Each
mutant is also started with a handler of SIGALRM that never runs (`alarm`), and with a thread that
wakes every half second (`waking`), which are loaded into it. `--write` keeps the seconds beside the
tables of what is detected, and makes the pages anew.
"""

import argparse
import json
import shlex
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.started import started
from properties.model.target_spec import RoleName
from tests.detection.rows import load
from tests.detection.table import ROWS, TIMINGS, write
from tests.detection.timings import MANNERS, load_timings, save_timings, spread
from tests.mutants.catalogue import CLIENT_MUTANTS, MUTANTS, Mutant, build
from tests.preloaded import A_HANDLER, A_THREAD, preloaded

PRELOADED = dict(zip(MANNERS, (None, A_HANDLER, A_THREAD), strict=True))
MOST = 300.0
"""Seconds after which a mutant counts as missed."""


@dataclass(frozen=True)
class Timed:
    """Seconds until the shrunk case, None where it was not found; its steps."""

    mutant: str
    invariant: str
    seconds: float | None
    steps: int = 0


def words_of(mutant: Mutant, manner: str) -> tuple[str, ...]:
    """Return the command of a mutant, with what is loaded into it."""
    what = PRELOADED[manner]
    return build(mutant) if what is None else preloaded(build(mutant), what)


def timed(mutant: Mutant, manner: str, folder: Path, seed: int) -> Timed:
    """Check a mutant until its mistake is shown in a shrunk case."""
    own = ["--client"] if mutant.role is RoleName.CLIENT else []
    words = ["--jsonl", "-", "--seed", str(seed), *own, "--", *words_of(mutant, manner)]
    began = time.monotonic()
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with started(words, folder, **streams) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                event = json.loads(line)
                is_shrunk = event["event"] in ("shrunk", "violation")
                if is_shrunk and event["invariant"] == mutant.invariant:
                    spent = time.monotonic() - began
                    return Timed(mutant.name, mutant.invariant, spent, len(event["steps"]))
                if time.monotonic() - began > MOST:
                    break
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.read()
    return Timed(mutant.name, mutant.invariant, None)


def main() -> None:
    """Print a line for each mutant, then the median and the worst."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--role", choices=["server", "client"])
    parser.add_argument("--as", dest="manner", choices=list(PRELOADED), default="plain")
    parser.add_argument("--only", default="", metavar="WORDS", help="mutants named so, or none")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--write", action="store_true", help="keep the seconds in docs/")
    asked = parser.parse_args()
    names = shlex.split(asked.only)
    chosen = [
        one
        for one in (*MUTANTS, *CLIENT_MUTANTS)
        if asked.role in (None, one.role.value) and (not names or one.name in names)
    ][:: asked.every]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for number, mutant in enumerate(chosen):
            build(mutant)
            own = Path(folder, str(number))
            own.mkdir()
            one = timed(mutant, asked.manner, own, asked.seed)
            found.append(one)
            seconds = "missed" if one.seconds is None else f"{one.seconds:7.2f} s"
            print(f"{one.mutant:<34}{one.invariant:<24}{seconds}  {one.steps} steps", flush=True)
    _print_spread(found)
    if asked.write:
        timings = load_timings(TIMINGS)
        timings.note(asked.manner, {one.mutant: one.seconds for one in found})
        save_timings(timings, TIMINGS)
        write(load(ROWS))


def _print_spread(found: list[Timed]) -> None:
    if spent := [one.seconds for one in found if one.seconds is not None]:
        middle, at_90, longest = spread(spent)
        print(
            f"{len(spent)} of {len(found)} found: median {middle:.2f} s, "
            f"90 % within {at_90:.2f} s, longest {longest:.2f} s"
        )
    missed = [one.mutant for one in found if one.seconds is None]
    print(f"missed: {', '.join(missed) or 'none'}")


if __name__ == "__main__":
    main()
