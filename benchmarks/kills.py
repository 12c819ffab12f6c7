"""How soon nothing is left when a process of a run is killed.

    python -m benchmarks.kills [--times 200] [--first 0] [--seconds N] [--write]

Each time SIGKILL is sent to the tester, one of its workers, a nursery or a keeper, at a moment that
is drawn, of a run with two workers; and then to the tester. Printed is, for each kind, how often
what it held was gone within a second, and the longest time. With --write the figures go to
docs/trust.json, where those from --first on are added to the ones before.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.trust_file import figures, record
from tests.end_to_end.kills import KINDS, Killed, kill_once

SECTION = "kills"

SOON = 1.0
"""Seconds within which all should be gone."""

PATIENCE = 20.0
"""Seconds after which it counts as left behind."""

Counts = dict[str, Any]


def counted(of_kind: list[Killed]) -> Counts:
    """Return the figures of the kills of one kind."""
    both = [seconds for one in of_kind for seconds in (one.held, one.rest)]
    gone = [seconds for seconds in both if seconds is not None]
    return {
        "times": len(of_kind),
        "waits": len(both),
        "soon": sum(seconds <= SOON for seconds in gone),
        "longest": round(max(gone, default=0.0), 2),
        "left": len(both) - len(gone),
    }


def added(before: Counts, more: Counts) -> Counts:
    """Return two rows of figures as one."""
    summed = {name: before.get(name, 0) + count for name, count in more.items()}
    return {**summed, "longest": max(before.get("longest", 0.0), more["longest"])}


def row(kind: str, of_kind: Counts) -> str:
    """Return a row in words."""
    soon = f"{of_kind['soon']} of {of_kind['waits']}"
    longest, left = of_kind["longest"], of_kind["left"]
    return f"{kind:<8} {of_kind['times']:>5} {soon:>14} {longest:>8.2f} s {left:>5}"


def main() -> None:
    """Kill, and print a row for each kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=200, help="kills (default: 200)")
    parser.add_argument(
        "--first", type=int, default=0, help="the number that the first is drawn from"
    )
    parser.add_argument("--seconds", type=float, default=float("inf"), help="no more after these")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/trust.json")
    options = parser.parse_args()
    done: list[Killed] = []
    until = time.monotonic() + options.seconds
    for number in range(options.first, options.first + options.times):
        if time.monotonic() > until:
            break
        with tempfile.TemporaryDirectory(prefix="anechoic-kills-") as folder:
            done.append(kill_once(number, Path(folder), PATIENCE))
        if done[-1].held is None or done[-1].rest is None:
            print(f"left behind: number {number}, {done[-1]}", flush=True)
    before = figures().get(SECTION, {}).get("kinds", {}) if options.first else {}
    kinds = {
        kind: added(before.get(kind, {}), counted([one for one in done if one.kind == kind]))
        for kind in KINDS
    }
    print("killed   times  within a second  longest  left")
    for kind, of_kind in kinds.items():
        print(row(kind, of_kind))
    print(f"the next is number {options.first + len(done)}")
    if options.write:
        record(SECTION, {"next": options.first + len(done), "kinds": kinds})


if __name__ == "__main__":
    main()
