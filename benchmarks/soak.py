"""How often a correct target is accused: as many checks of correct targets as time allows.

    python -m benchmarks.soak [--hours H] [--cells N] [--each SECONDS] [--load] [--into FILE]
                              [--write] [NAME ...]

The references and the correct variants of both roles are checked in turn, with some of the fault
families each time and another seed, as `anechoic check` does it. Each check is a line of a file,
so that a soak can be stopped and goes on where it was. Counted are judged cells, each of them one
invariant on one workload; false alarms: violations, at MUST or SHOULD, that no defect of a library
explains; and doubts, by reason. With 0 false alarms in N judged cells their rate is below 3/N, with
a confidence of 95 % (the rule of three). With --each a check draws workloads for so long, and
sweeps nothing: more of its time goes to judging than to starting. --load keeps processors, memory
and disk busy meanwhile. --write puts what the file has into docs/trust.json.
"""

import argparse
import contextlib
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.load import load
from benchmarks.started import started
from benchmarks.trust_file import ROOT, record
from properties.model.target_spec import RoleName
from properties.roles import ROLES
from tests.detection.rows import KNOWN_DEFECTS
from tests.mutants.catalogue import CLIENT_VARIANTS, VARIANTS, build

SECTION = "soak"
FILE = ROOT / "benchmarks" / "soak.jsonl"
FAMILIES = 4
"""How many fault families are tried in one check."""

LEVELS = ("must", "should")
NUMBER = re.compile(r"\d+(\.\d+)?")

Row = dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """A correct target: its name, its role, and the words of `anechoic check` that name it."""

    name: str
    role: RoleName
    words: tuple[str, ...]


def subjects(names: Iterable[str] = ()) -> list[Subject]:
    """Return the references and all correct variants, or those of these names."""
    server = ("--server", f"{sys.executable} -P -m target.tcpserv04 --port {{port}}")
    found = [
        Subject("reference", RoleName.SERVER, server),
        Subject("client-reference", RoleName.CLIENT, ("--client",)),
    ]
    for variant in (*VARIANTS, *CLIENT_VARIANTS):
        flag = () if variant.role is RoleName.SERVER else ("--client",)
        found.append(Subject(variant.name, variant.role, (*flag, "--", *build(variant))))
    wanted = set(names)
    return [one for one in found if not wanted or one.name in wanted]


def families_of(subject: Subject, seed: int) -> list[str]:
    """Draw the families of one check."""
    known = [family.name for family in ROLES[subject.role].families]
    return random.Random(f"{subject.name} {seed}").sample(known, min(FAMILIES, len(known)))


def checked(subject: Subject, seed: int, cases: Path, until: float, each: float | None) -> Row:
    """Check a subject once, for `each` seconds, and return the line of it.

    It is interrupted at a time.
    """
    folder = Path(tempfile.mkdtemp(prefix="anechoic-soak-"))
    families = families_of(subject, seed)
    chosen = [word for family in families for word in ("--fault", family)]
    asked = ["--json", "result.json", "--seed", str(seed), "-n", "2", *chosen]
    if each is not None:
        asked += ["--no-sweep", "--max-time", f"{each}s"]
    try:
        # What follows -- is the command: the options stand before it.
        process = started(
            (*asked, *subject.words), folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(1.0, until - time.time()))
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        _, said = process.communicate()
        result = folder / "result.json"
        row = {"name": subject.name, "seed": seed, "families": families}
        if not result.exists():
            return {**row, "error": said[-500:]}
        made = {**row, **row_of(subject.name, json.loads(result.read_text(encoding="utf-8")))}
        if made["alarms"]:
            shutil.copytree(folder, cases / f"{subject.name}-{seed}", dirs_exist_ok=True)
        return made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def row_of(name: str, result: Row) -> Row:
    """Return what is kept of the result of a check."""
    totals, checks = result["totals"], result["checks"]
    return {
        "workloads": totals["workloads"],
        "seconds": totals["seconds"],
        "judged": totals["judgements"],
        "errors": result["errors"],
        "doubts": [
            {"cell": _cell(one), "times": one["doubts"], "reason": one["doubt"]}
            for one in checks
            if one["doubts"] and not _never_ran(one)
        ],
        "alarms": [
            {"cell": _cell(one), "level": one["level"], "reason": one["reason"]}
            for one in checks
            if one["verdict"] == "fail" and one["level"] in LEVELS and not _is_known(name, one)
        ],
    }


def _cell(check: Row) -> str:
    return f"{check['fault']} x {check['invariant']}"


def _never_ran(check: Row) -> bool:
    return not check["workloads"]


def _is_known(name: str, check: Row) -> bool:
    known, _ = KNOWN_DEFECTS.get(name, ("nothing", ""))
    return str(_cell(check)).startswith(known)


def rows_in(file: Path) -> list[Row]:
    """Return the lines of a results file."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def summary(rows: Iterable[Row]) -> Row:
    """Sum up the lines of a soak."""
    rows = list(rows)
    done = [row for row in rows if "error" not in row]
    doubts: Counter[str] = Counter()
    for row in done:
        for doubt in row["doubts"]:
            cell = doubt["cell"].split(" x ")[1]
            doubts[f"{cell}: {NUMBER.sub('N', doubt['reason'])}"] += doubt["times"]
    judged = sum(row["judged"] for row in done)
    alarms = [{"name": row["name"], **alarm} for row in done for alarm in row["alarms"]]
    return {
        "checks": len(done),
        "targets": len({row["name"] for row in done}),
        "workloads": sum(row["workloads"] for row in done),
        "seconds": round(sum(row["seconds"] for row in done)),
        "judged": judged,
        "alarms": alarms,
        "bound": None if alarms or not judged else 3 / judged,
        "doubts": dict(doubts.most_common()),
        "errors": [f"{row['name']}: {row['error']}" for row in rows if "error" in row]
        + [f"{row['name']}: {error}" for row in done for error in row["errors"]],
        "loaded": sum(row["judged"] for row in done if row.get("load")),
    }


def in_words(found: Row) -> str:
    """Say what a soak has found so far."""
    judged, alarms = found["judged"], found["alarms"]
    lines = [
        f"{judged} judged cells in {found['workloads']} workloads of {found['targets']} correct "
        f"targets, {found['checks']} checks, {found['seconds']} s; "
        f"{found['loaded']} of the cells under load",
        f"false alarms: {len(alarms)}"
        + ("" if found["bound"] is None else f"; fewer than {found['bound']:.1e} a cell (95 %)"),
        *(f"  {one['name']}, {one['cell']} ({one['level']}): {one['reason']}" for one in alarms),
        f"doubts: {sum(found['doubts'].values())}",
        *(f"  {times} x {reason}" for reason, times in found["doubts"].items()),
        *(f"error: {one}" for one in found["errors"]),
    ]
    return "\n".join(lines)


def soak(
    chosen: list[Subject],
    file: Path,
    until: float,
    cells: float,
    each: float | None,
    *,
    loaded: bool,
) -> None:
    """Check one subject after the other, going on where the file ends."""
    rows = rows_in(file)
    judged = sum(row.get("judged", 0) for row in rows)
    number = len(rows)
    while time.time() < until and judged < cells:
        subject = chosen[number % len(chosen)]
        row = checked(subject, number, file.with_suffix(".cases"), until, each)
        with file.open("a", encoding="utf-8") as out:
            out.write(json.dumps({**row, "load": loaded}) + "\n")
        judged += row.get("judged", 0)
        number += 1
        alarms = "".join(f"  ALARM {one['cell']}: {one['reason']}" for one in row.get("alarms", ()))
        print(f"{judged:>9} {subject.name}{alarms}{row.get('error', '')}", flush=True)


def main() -> int:
    """Soak, and print what the results file has by then; the status is 1 after a false alarm."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=float("inf"))
    parser.add_argument("--cells", type=float, default=float("inf"), help="as many are enough")
    parser.add_argument("--each", type=float, help="seconds of a check, which then sweeps nothing")
    parser.add_argument("--load", action="store_true", help="keep the machine busy meanwhile")
    parser.add_argument("--into", type=Path, default=FILE, help="the results file")
    parser.add_argument("--write", action="store_true", help="put the sum into docs/trust.json")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a variant, or `reference`")
    options = parser.parse_args()
    until = time.time() + options.hours * 3600
    if options.hours > 0:
        with load() if options.load else contextlib.nullcontext():
            chosen, into = subjects(options.names), options.into
            soak(chosen, into, until, options.cells, options.each, loaded=options.load)
    found = summary(rows_in(options.into))
    print(in_words(found))
    if options.write:
        record(SECTION, found)
    return int(bool(found["alarms"]))


if __name__ == "__main__":
    sys.exit(main())
