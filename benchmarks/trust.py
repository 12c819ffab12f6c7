"""The page on how far a verdict can be trusted, `docs/trust.md`, from the figures that are kept.

    python -m benchmarks.trust [--write]

The figures are those of docs/trust.json, which each benchmark writes with --write, and those of the
pages that say what is found. Without --write the page is printed.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.judges.equivalent import EQUIVALENT
from benchmarks.judges.survivors import SURVIVORS
from benchmarks.judges.table import JUDGES
from benchmarks.kills import SOON
from benchmarks.trust_file import ROOT, figures
from properties.model.target_spec import RoleName
from tests.mutants.catalogue import CLIENT_MUTANTS, MUTANTS

DOCS = ROOT / "docs"
PAGE = DOCS / "trust.md"

Figures = dict[str, Any]

INTRODUCTION = """\
# How far a verdict can be trusted

Of a tester two things must be known: how often it accuses a correct program, and what it misses.
This page has the figures. It is made from what was measured (`docs/trust.json`):

```console
$ python -m benchmarks.trust --write
```

Each section says on which machine and on which day that was, and how it is measured again.
"""

SOAK = """\
## Correct programs are not accused

The references and the correct but unusual programs of `tests/variants/` and
`tests/client_variants/` are checked in turn, with other seeds and other fault families each time,
some of them while processes, memory and the disk are kept busy. A *judged cell* is one
invariant on one workload, held or violated. A *false alarm* is a violation of a MUST or a SHOULD.
With none in N judged cells, the rate of false alarms is below 3/N, with a confidence of 95 %.

Where a violation turns out to be a mistake of the program, that is mended, its check is left out,
and others take its place. There were two: `orderly_pid_file` dropped a client when it could not
open its pid file for want of descriptors, and `select_loop`, started with a thousand open
descriptors, wrote beyond its fd_set.
"""

MUTATIONS = """\
## Mistakes in the judges are noticed

The modules that decide about a target are changed in one place at a time: another comparison, `and`
for `or`, a condition left out, another number, another verdict, a statement removed. Then the tests
that specify the module on hand-written histories are run. A mutant that no test notices has
survived. *Equivalent* are those that can make no difference; the table below says why.
"""

KILLS = """\
## A run that is killed leaves nothing

SIGKILL is sent at a drawn moment to the tester, one of its workers, a nursery (which forks the
keepers) or a keeper (the parent of a target), and then to the tester. *Gone* counts both: what the
killed process held, and all of the run.
"""

SLOPE = """\
## Whether a long run grows

One long run of a reference with two workers. The memory (PSS, which counts shared pages once) and
the descriptors of the tester and its workers are added up all the time. The slope is that of a line
through them, once the first workloads are over.
"""

POWER = """\
## What is wrong is found
"""


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown."""
    lines = [list(heads), *(map(str, row) for row in rows)]
    made = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in lines]
    rule = "| --- " * len(list(lines[0])) + "|"
    return "\n".join((made[0], rule, *made[1:])) + "\n"


def measured(section: Figures, command: str) -> str:
    """Say where and when something was measured, and how it is again."""
    return f"Measured on {section['date']}, {section['machine']}: `{command}`.\n"


def _lasted(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours" if seconds >= 3600 else f"{seconds / 60:.0f} minutes"


def _soak(found: Figures) -> Iterator[str]:
    yield SOAK
    alarms, judged = found["alarms"], found["judged"]
    rate = judged / max(1, found["seconds"])
    bound = "" if alarms else f"; below {3 / judged:.1e} a cell, with a confidence of 95 %"
    yield (
        f"**{len(alarms)} false alarms in {judged:,} judged cells{bound}.** They come from "
        f"{found['workloads']:,} workloads of {found['targets']} correct programs, in "
        f"{found['checks']} checks; {found['loaded']:,} of them were judged under load. "
        f"That took {_lasted(found['seconds'])}, {rate:.0f} cells a second.\n"
    )
    yield measured(found, "python -m benchmarks.soak --hours 8 --load --write")
    if alarms:
        rows = ((one["name"], one["cell"], one["level"], one["reason"]) for one in alarms)
        yield table(("program", "cell", "level", "what was seen"), rows)
    doubts = found["doubts"]
    yield f"{sum(doubts.values())} times it could not be told:\n" if doubts else "No doubts.\n"
    if doubts:
        yield table(("times", "why"), ((times, why) for why, times in doubts.items()))


def _judges(found: Figures) -> Iterator[str]:
    yield MUTATIONS
    modules = found["modules"]
    mutants = sum(one["mutants"] for one in modules.values())
    killed = sum(one["killed"] for one in modules.values())
    survived = [key for one in modules.values() for key in one["survived"]]
    equal = [key for key in survived if key in EQUIVALENT]
    yield (
        f"**{killed:,} of {mutants:,} mutants are killed, {killed / mutants:.1%}.** "
        f"{len(equal)} of the others are equivalent, {len(survived) - len(equal)} are not.\n"
    )
    yield measured(found, "python -m benchmarks.judges --write")
    yield table(
        ("module", "mutants", "killed", "", "equivalent", "survived"),
        (_module(path, one) for path, one in modules.items()),
    )
    untried = [f"`{judge.path}`" for judge in JUDGES if judge.path not in modules]
    if untried:
        yield f"Not tried yet: {', '.join(untried)}.\n"
    if equal:
        yield "Equivalent, and why:\n"
        yield table(("mutant", "why"), ((f"`{key}`", EQUIVALENT[key]) for key in equal))
    rest = [key for key in survived if key not in EQUIVALENT]
    if rest:
        yield "No test notices these, and why:\n"
        whys = ((f"`{key}`", SURVIVORS.get(key, "not looked into yet")) for key in rest)
        yield table(("mutant", "why"), whys)


def _module(path: str, one: Figures) -> tuple[object, ...]:
    equal = sum(key in EQUIVALENT for key in one["survived"])
    share = f"{one['killed'] / one['mutants']:.0%}"
    left = len(one["survived"]) - equal
    return f"`{path}`", one["mutants"], one["killed"], share, equal, left


def _kills(found: Figures) -> Iterator[str]:
    yield KILLS
    kinds = found["kinds"]
    times = sum(one["times"] for one in kinds.values())
    left = sum(one["left"] for one in kinds.values())
    soon = sum(one["soon"] for one in kinds.values())
    waits = sum(one["waits"] for one in kinds.values())
    yield f"**{times} kills: {left} left anything, {soon} of {waits} times all was gone in 1 s.**\n"
    yield measured(found, "python -m benchmarks.kills --times 200 --write")
    rows = (
        (kind, one["times"], f"{one['soon']} of {one['waits']}", f"{one['longest']} s", one["left"])
        for kind, one in kinds.items()
    )
    yield table(("killed", "times", f"gone in {SOON:.0f} s", "longest", "left"), rows)


def _slope(found: Figures) -> Iterator[str]:
    yield SLOPE
    yield measured(found, "python -m benchmarks.slope --write")
    rows = (
        (
            role,
            f"{one['from']} to {one['to']}",
            one["processes"],
            f"{one['pss_mib']} MiB",
            f"{one['mib_per_1000']:+} MiB",
            one["descriptors"],
            f"{one['descriptors_per_1000']:+}",
        )
        for role, one in found.items()
        if role in [name.value for name in RoleName]
    )
    per = "per 1,000 workloads"
    heads = ("reference", "workloads", "processes", "memory", per, "descriptors", per)
    yield table(heads, rows)


def _power() -> Iterator[str]:
    yield POWER
    rows = [*_detection(), *_reports(), *_ready_list()]
    yield table(("what", "how many", "found", "each time", "page"), rows)
    yield (
        "*Each time*: the smallest case fails in 10 runs of 10. Known-bad programs are wrong in "
        "one way each. The reported mistakes come from public trackers; they count where a choice "
        "that every run tries finds them. Of the ready list those are found that violate "
        "a MUST.\n"
    )


def _detection() -> Iterator[tuple[object, ...]]:
    rows = json.loads((DOCS / "detection.json").read_text(encoding="utf-8"))["mutants"]
    of = {row["name"]: row for row in rows}
    kinds = (
        ("servers", MUTANTS, "detection.md"),
        ("clients", CLIENT_MUTANTS, "detection-clients.md"),
    )
    for kind, mutants, page in kinds:
        mine = [of[mutant.name] for mutant in mutants if mutant.name in of]
        found = [row for row in mine if row["family"]]
        certain = sum(row["failed"] == row["times"] for row in found)
        yield f"known-bad {kind}", len(mine), len(found), certain, f"[{page}]({page})"


def _reports() -> Iterator[tuple[object, ...]]:
    text = (DOCS / "public-reports.md").read_text(encoding="utf-8")
    made = re.search(r"\*\*(\d+) of (\d+) are found without luck", text)
    if made:
        certain = text.count("| 10 of 10 |")
        page = "[public-reports.md](public-reports.md)"
        yield "reported mistakes", made[2], made[1], certain, page


def _ready_list() -> Iterator[tuple[object, ...]]:
    text = (DOCS / "comparison.md").read_text(encoding="utf-8")
    made = re.search(r"(\d+) implementations, .*?; (\d+) violating a MUST", text)
    if made:
        yield "real programs", made[1], made[2], "", "[comparison.md](comparison.md)"


HEADS = {"soak": SOAK, "judges": MUTATIONS, "kills": KILLS, "slope": SLOPE}
SECTIONS = {"soak": _soak, "judges": _judges, "kills": _kills, "slope": _slope}


def page(found: Figures) -> str:
    """Return the page."""
    parts = [INTRODUCTION]
    for name, section in SECTIONS.items():
        if name in found:
            parts += section(found[name])
        else:
            parts += [HEADS[name], f"Not measured yet: `python -m benchmarks.{name} --write`.\n"]
    return "\n".join((*parts, *_power()))


def main() -> int:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write docs/trust.md")
    made = page(figures())
    if parser.parse_args().write:
        Path(PAGE).write_text(made, encoding="utf-8")
    else:
        print(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
