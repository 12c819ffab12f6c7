"""How soon nothing is left when a process of a run is killed.

    python -m benchmarks.kills [--times 200] [--first 0]

Each time SIGKILL is sent to the tester, one of its workers, a nursery or a keeper, at a moment that
is drawn, of a run with two workers; and then to the tester. Printed is, for each kind, how often
what it held was gone within a second, and the longest time.
"""

import argparse
import tempfile
from pathlib import Path

from tests.end_to_end.kills import KINDS, Killed, kill_once

SOON = 1.0
"""Seconds within which all should be gone."""

PATIENCE = 20.0
"""Seconds after which it counts as left behind."""


def _row(kind: str, of_kind: list[Killed]) -> str:
    both = [seconds for one in of_kind for seconds in (one.held, one.rest)]
    gone = [seconds for seconds in both if seconds is not None]
    soon = sum(seconds <= SOON for seconds in gone)
    left = len(both) - len(gone)
    longest = max(gone, default=0.0)
    return f"{kind:<8} {len(of_kind):>5} {soon:>5} of {len(both):<5} {longest:>6.2f} s {left:>5}"


def main() -> None:
    """Kill, and print a row for each kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=200, help="kills (default: 200)")
    parser.add_argument(
        "--first", type=int, default=0, help="the number that the first is drawn from"
    )
    options = parser.parse_args()
    done: list[Killed] = []
    for number in range(options.first, options.first + options.times):
        with tempfile.TemporaryDirectory(prefix="anechoic-kills-") as folder:
            done.append(kill_once(number, Path(folder), PATIENCE))
        if done[-1].held is None or done[-1].rest is None:
            print(f"left behind: number {number}, {done[-1]}", flush=True)
    print("killed   times  within a second  longest  left")
    for kind in KINDS:
        print(_row(kind, [one for one in done if one.kind == kind]))


if __name__ == "__main__":
    main()
