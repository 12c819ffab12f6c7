"""How many mistakes in what judges a target the tests would notice.

    python -m benchmarks.judges [--write] [--all] [--seconds N] [--mutant KEY] [FILE ...]

Each module that decides about a target is changed in one place at a time, in all places and in all
the ways of `operators`, and the tests that specify it are run. A mutant that no test notices has
survived: a test is missing, or it is no mistake (`equivalent`). With --write the figures go to
docs/trust.json, and a module that has not changed since, nor its tests, is not tried again unless
--all is given. --seconds ends it after the module that it is at then; --mutant tries one alone.

The engine is our own: mutmut 3 leaves decorated functions alone (boxed/mutmut#387), and much of
what judges are properties.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.judges.equivalent import EQUIVALENT
from benchmarks.judges.imports import ROOT
from benchmarks.judges.table import JUDGES, Judge
from benchmarks.trust_file import figures, record

SECTION = "judges"


def digest_of(judge: Judge) -> str:
    """Return what changes when the module or one of its tests does."""
    files = [ROOT / judge.path]
    for name in judge.tests:
        found = ROOT / name
        files += sorted(found.rglob("*.py")) if found.is_dir() else [found]
    summed = hashlib.sha256()
    for file in files:
        summed.update(file.read_bytes())
    return summed.hexdigest()[:12]


def tried(judge: Judge, keys: frozenset[str] = frozenset()) -> Iterator[dict[str, str]]:
    """Try the mutants of a module in a process of their own, and return what became of each."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _try_all(judge, keys, writing)
    os.close(writing)
    with open(reading, encoding="utf-8") as lines:
        yield from map(json.loads, lines)
    _, status = os.waitpid(pid, 0)
    if status:
        raise SystemExit(f"{judge.path}: it was not tried to the end")


def _try_all(judge: Judge, keys: frozenset[str], writing: int) -> None:
    # What it imports, pytest among it, must not stay in the process that tries other modules.
    from benchmarks.judges.trying import NotGreen, Trying

    status = 1
    try:
        with (
            open(writing, "w", encoding="utf-8", buffering=1) as out,
            tempfile.TemporaryDirectory(prefix="anechoic-judges-") as state,
        ):
            for one in Trying(judge.path, judge.tests, state).all(keys):
                found = {"key": one.key, "line": one.line, "fate": one.fate.value}
                out.write(f"{json.dumps(found)}\n")
        status = 0
    except NotGreen as error:
        print(error, file=sys.stderr, flush=True)
    finally:
        os._exit(status)


def result_of(judge: Judge, found: list[dict[str, str]]) -> dict[str, Any]:
    """Return what is kept of the mutants of a module."""
    survived = [one["key"] for one in found if one["fate"] == "survived"]
    return {
        "digest": digest_of(judge),
        "mutants": len(found),
        "killed": len(found) - len(survived),
        "survived": survived,
    }


def keep(judge: Judge, made: dict[str, Any]) -> None:
    """Put the result of a module beside those of the others, which may have come meanwhile."""
    known = {**figures().get(SECTION, {}).get("modules", {}), judge.path: made}
    in_order = {one.path: known[one.path] for one in JUDGES if one.path in known}
    record(SECTION, {"modules": in_order})


def _row(path: str, made: dict[str, Any]) -> str:
    killed, mutants = made["killed"], made["mutants"]
    equal = sum(key in EQUIVALENT for key in made["survived"])
    return f"{path:<55} {killed:>4} of {mutants:<4} {killed / mutants:>5.0%}  equivalent: {equal}"


def _chosen(files: list[str], known: dict[str, Any], *, every: bool) -> Iterator[Judge]:
    for judge in JUDGES:
        if files and not any(file in judge.path for file in files):
            continue
        is_known = known.get(judge.path, {}).get("digest") == digest_of(judge)
        if every or not is_known:
            yield judge


def main() -> int:
    """Try the mutants, and print a row for each module and the mutants that have survived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/trust.json")
    parser.add_argument("--all", action="store_true", help="also what has not changed")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--mutant", default="", help="the key of a mutant, as it is printed")
    parser.add_argument("files", nargs="*", metavar="FILE", help="a part of a path is enough")
    options = parser.parse_args()
    began = time.monotonic()
    modules: dict[str, Any] = figures().get(SECTION, {}).get("modules", {})
    for judge in _chosen(options.files, modules, every=options.all or not options.write):
        if time.monotonic() - began > options.seconds:
            print("the time is over; the rest is left for the next run")
            break
        found = list(tried(judge, frozenset({options.mutant} - {""})))
        if options.mutant:
            print(*(f"{one['fate']}: {one['key']}" for one in found), sep="\n")
            continue
        made = result_of(judge, found)
        print(_row(judge.path, made), flush=True)
        for one in found:
            if one["fate"] != "killed" and one["key"] not in EQUIVALENT:
                place = one["key"].replace(judge.path, f"{Path(judge.path).name}:{one['line']}", 1)
                print(f"    {one['fate']}: {place}", flush=True)
        if options.write:
            keep(judge, made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
