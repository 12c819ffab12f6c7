"""Whether a server has the same grade each time: `python -m benchmarks.same_grade [--runs 20]`.

Grades each rung of the book's ladder (or the program after --) again and again, and says of each
how many grades there were, what they were, and how long one took. Grades are the same when every
stage has the same points and the same status.

The sandbox runs submissions with an id that is not root, so the interpreter must be one that any
user may execute: `--python`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
LADDER = ("tcpserv01", "tcpserv02", "tcpserv03", "tcpserv04")

Points = tuple[tuple[str, float, str], ...]
"""Of each stage its name, its score and its status."""


def grade_once(command: list[str], rubric: list[str]) -> tuple[float, float, Points, float]:
    """Return score, maximum, the points of each stage, and how many seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grade.json"
        words = ["grade", *rubric, "--json", str(path), "--env", f"PYTHONPATH={ROOT}", "--"]
        began = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "anechoic", *words, *command],
            stdout=subprocess.DEVNULL,
            check=True,
            cwd=ROOT,
        )
        seconds = time.monotonic() - began
        data = json.loads(path.read_text())
    points = tuple((one["name"], one["score"], one["status"]) for one in data["stages"])
    return data["score"], data["max_score"], points, seconds


def main() -> None:
    """Grade each program so many times and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--rubric", action="append", default=[])
    parser.add_argument("--only", choices=LADDER, action="append")
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("command", nargs="*", metavar="COMMAND")
    options = parser.parse_args()
    commands = {
        name: [options.python, "-P", "-m", f"target.{name}", "--port", "{port}"]
        for name in options.only or LADDER
    }
    if options.command:
        commands = {options.command[0]: options.command}
    load = os.getloadavg()[0]
    print(f"{options.runs} grades each; {os.cpu_count()} cores, load {load:.1f} at the start")
    for name, command in commands.items():
        found = [grade_once(command, options.rubric) for _ in range(options.runs)]
        kinds = Counter(points for _, _, points, _ in found)
        scores = sorted({f"{score:g} of {most:g}" for score, most, _, _ in found})
        times = sorted(seconds for *_, seconds in found)
        same = max(kinds.values())
        print(
            f"{name:<12} {', '.join(scores):<14} the same in {same} of {options.runs}, "
            f"{times[len(times) // 2]:.1f} s (median), {times[-1]:.1f} s at most",
            flush=True,
        )
        for points in list(kinds)[1:]:
            print(f"  differs: {sorted(set(points) ^ set(next(iter(kinds))))}", flush=True)


if __name__ == "__main__":
    main()
