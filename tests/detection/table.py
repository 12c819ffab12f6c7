"""Makes docs/detection*.md: `python -m tests.detection.table [--jobs N] [NAME ...]`.

Runs the mutants and the variants, all or those that are named, several side by side, and writes
down what was found. Rows are saved as they are made: after an interruption name the rest.
"""

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Final

from properties.model.target_spec import RoleName
from properties.running.process_lifetime import die_with_parent
from properties.running.processes.chambered import enter_as_asked
from target import chamber
from target.chamber import Network
from tests.detection.report import page
from tests.detection.rows import (
    Acquittal,
    Results,
    Row,
    acquittal_of,
    is_looked_for,
    load,
    row_of,
    save,
)
from tests.detection.timings import load_timings
from tests.mutants.catalogue import (
    CLIENT_MUTANTS,
    CLIENT_VARIANTS,
    MUTANTS,
    VARIANTS,
    Mutant,
    Variant,
)

DOCS: Final = Path(__file__).parents[2] / "docs"
ROWS: Final = DOCS / "detection.json"
TIMINGS: Final = DOCS / "detection-times.json"
PAGE: Final = DOCS / "detection.md"
CLIENT_PAGE: Final = DOCS / "detection-clients.md"

SOUGHT: Final = {m.name: m for m in (*MUTANTS, *CLIENT_MUTANTS) if is_looked_for(m)}
PROGRAMS: Final[dict[str, Mutant | Variant]] = {
    **SOUGHT,
    **{variant.name: variant for variant in (*VARIANTS, *CLIENT_VARIANTS)},
}


def write(results: Results) -> None:
    """Write the rows and the page; programs that are no longer there are left out."""
    kept = Results()
    for row in results.mutants.values():
        if row.name in SOUGHT:
            kept.add(row)
    for acquittal in results.variants.values():
        if acquittal.name in PROGRAMS:
            kept.add(acquittal)
    DOCS.mkdir(exist_ok=True)
    save(kept, ROWS)
    for path, text in rendered(kept).items():
        path.write_text(text, encoding="utf-8")


def rendered(results: Results) -> dict[Path, str]:
    """Return the pages that say what these rows say."""
    timings = load_timings(TIMINGS)
    return {
        PAGE: page(MUTANTS, VARIANTS, results, timings=timings),
        CLIENT_PAGE: page(CLIENT_MUTANTS, CLIENT_VARIANTS, results, RoleName.CLIENT, timings),
    }


def result_of(program: Mutant | Variant) -> Row | Acquittal:
    """Run one program and say what came of it."""
    return row_of(program) if isinstance(program, Mutant) else acquittal_of(program)


def said(result: Row | Acquittal) -> str:
    """Say in a line what came of it."""
    if isinstance(result, Acquittal):
        accused = "; ".join(result.accused) or "accused of nothing"
        return f"{result.name}: {accused}, {result.workloads} workloads"
    spent = f"{result.workloads} workloads, {result.seconds:.1f} s"
    if not result.is_found:
        return f"{result.name}: not found, {spent}"
    steps = f"{result.first_steps} to {result.steps} steps"
    return f"{result.name}: {result.family}, {spent}, {steps}"


def _begin() -> None:
    """Go into a network of one's own, as `anechoic check` does, where that is possible."""
    die_with_parent()
    if not chamber.why_not():
        enter_as_asked(Network.OWN)


def make(programs: Iterable[Mutant | Variant], jobs: int) -> list[str]:
    """Make the rows of these programs; return what went wrong."""
    results, errors = load(ROWS), []
    # A fresh interpreter for each job: what keeps the servers must not be shared.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=_begin) as pool:
        made = {pool.submit(result_of, program): program.name for program in programs}
        for number, future in enumerate(as_completed(made), 1):
            if (error := future.exception()) is not None:
                errors.append(f"{made[future]}: {error!r}")
                line = errors[-1]
            else:
                results.add(future.result())
                write(results)
                line = said(future.result())
            print(f"[{number}/{len(made)}] {line}", flush=True)
    return errors


def main() -> int:
    """Run it from the command line; 1 when a program could not be run."""
    parser = argparse.ArgumentParser(prog="python -m tests.detection.table", description=__doc__)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="programs at a time")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these; all by default")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - PROGRAMS.keys():
        parser.error(f"not to be found by workloads: {', '.join(sorted(unknown))}")
    names = arguments.names or PROGRAMS
    errors = make([PROGRAMS[name] for name in names], max(1, arguments.jobs))
    for error in errors:
        print(error, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
