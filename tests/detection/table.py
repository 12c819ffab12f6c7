"""Makes docs/detection.md: `python -m tests.detection.table [--jobs N] [MUTANT ...]`.

Runs the mutants, all of them or those that are named, several side by side, and writes down what
was found. Rows are saved as they are made: a run that was interrupted is taken up again by name.
"""

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Final

from properties.lifetime import die_with_parent
from properties.options import EXAMPLES_A_PART
from tests.detection.report import page
from tests.detection.rows import (
    EXAMPLES_OF_EACH_FAMILY,
    Row,
    is_looked_for,
    load,
    row_of,
    save,
)
from tests.mutants.catalogue import MUTANTS, Mutant

DOCS: Final = Path(__file__).parents[2] / "docs"
ROWS: Final = DOCS / "detection.json"
PAGE: Final = DOCS / "detection.md"

SOUGHT: Final = {mutant.name: mutant for mutant in MUTANTS if is_looked_for(mutant)}


def write(rows: dict[str, Row]) -> None:
    """Write the rows and the page; what is no longer a mutant is left out."""
    kept = {name: row for name, row in rows.items() if name in SOUGHT}
    DOCS.mkdir(exist_ok=True)
    save(kept, ROWS)
    PAGE.write_text(rendered(kept), encoding="utf-8")


def rendered(rows: dict[str, Row]) -> str:
    """Return the page that says what these rows say."""
    return page(MUTANTS, rows, EXAMPLES_A_PART, EXAMPLES_OF_EACH_FAMILY)


def said(row: Row) -> str:
    """Say in a line what was found."""
    spent = f"{row.workloads} workloads, {row.seconds:.1f} s"
    if not row.is_found:
        return f"{row.name}: not found, {spent}"
    return f"{row.name}: {row.family}, {spent}, {row.first_steps} to {row.steps} steps"


def make(mutants: Iterable[Mutant], jobs: int) -> list[str]:
    """Make the rows of these mutants; return what went wrong."""
    rows, errors = load(ROWS), []
    # A fresh interpreter for each job: what keeps the servers must not be shared.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=die_with_parent) as pool:
        made: dict[Future[Row], str] = {pool.submit(row_of, m): m.name for m in mutants}
        for number, future in enumerate(as_completed(made), 1):
            if (error := future.exception()) is not None:
                errors.append(f"{made[future]}: {error!r}")
                line = errors[-1]
            else:
                row = future.result()
                rows[row.name] = row
                write(rows)
                line = said(row)
            print(f"[{number}/{len(made)}] {line}", flush=True)
    return errors


def main() -> int:
    """Run it from the command line; 1 when a mutant could not be run."""
    parser = argparse.ArgumentParser(prog="python -m tests.detection.table", description=__doc__)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    parser.add_argument("names", nargs="*", metavar="MUTANT", help="only these; all by default")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - SOUGHT.keys():
        parser.error(f"not to be found by workloads: {', '.join(sorted(unknown))}")
    errors = make([SOUGHT[name] for name in arguments.names or SOUGHT], max(1, arguments.jobs))
    for error in errors:
        print(error, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
