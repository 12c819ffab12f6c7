"""Mistakes that are an order alone: schedules beside plain stress, for the same time.

    python -m benchmarks.orders [--seconds N] [--seed N] [NAME ...]

Each server of tests/mutants whose name begins with `order_` is checked twice for at most so many
seconds, by all cores: with the family `schedules` alone, and under plain stress, which is traffic,
bursts of disconnects, signals, killed workers and all of these mixed, without a gate. Each run ends
with the first violation. Printed are the seconds until then, and how many were found.
"""

import argparse
import subprocess
import sys
import tempfile
import time

from tests.mutants.catalogue import MUTANTS, Mutant, build

STRESS = ("control", "disconnect_burst", "signals", "killed_children", "mixed")
VIOLATION = 1

WAYS = {
    "schedules": ("--fault", "schedules"),
    "stress": tuple(word for family in STRESS for word in ("--fault", family)),
}


def seconds_until_found(mutant: Mutant, way: tuple[str, ...], longest: int, seed: int) -> float:
    """Return after how many seconds a run of this way has found a violation, 0 for never."""
    command = [sys.executable, "-m", "anechoic", "check", "--fail-fast", "--level", "may"]
    options = ["--max-time", f"{longest}s", "--seed", str(seed), *way]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run(
            [*command, *options, "--", *build(mutant)], cwd=folder, capture_output=True, check=False
        )
    return time.monotonic() - began if made.returncode == VIOLATION else 0.0


def main() -> int:
    """Compare, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=20, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    mutants = [
        one
        for one in MUTANTS
        if one.name.startswith("order_") and (not arguments.names or one.name in arguments.names)
    ]
    found = dict.fromkeys(WAYS, 0)
    print(f"{'seconds until found':28}" + "".join(f"{way:>12}" for way in WAYS))
    for mutant in mutants:
        times = {
            name: seconds_until_found(mutant, way, arguments.seconds, arguments.seed)
            for name, way in WAYS.items()
        }
        for name, seconds in times.items():
            found[name] += seconds > 0
        shown = "".join(f"{f'{one:.1f}' if one else '-':>12}" for one in times.values())
        print(f"{mutant.name:28}{shown}", flush=True)
    print(f"{'found':28}" + "".join(f"{f'{n} of {len(mutants)}':>12}" for n in found.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
