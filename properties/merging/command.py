"""`anechoic merge`: the results of several machines as one."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from properties.cases.case import write_case
from properties.cases.files import any_is_standard_output
from properties.merging import junit
from properties.merging.joining import joined
from properties.merging.options import FILES
from properties.merging.reading import runs_in
from properties.reports import text
from properties.reports.registry import WRITERS, require_separate, write_each
from properties.reports.terminal import Terminal, complain
from properties.running.errors import UsageError
from properties.running.exit_status import ExitStatus, worst
from properties.running.process_lifetime import INTERRUPTION
from properties.running.run import Run
from properties.running.settings import cases_folder

WRITTEN: dict[str, Callable[[Sequence[Run]], str]] = {
    "--json": WRITERS["json"],
    "--html": WRITERS["html"],
    "--markdown": WRITERS["md"],
    "--junit": junit.page,
}
"""What writes the file of each option."""


def merge(options: argparse.Namespace) -> int:
    """Merge the results that the options name; return the exit status."""
    files = {f"--{name}": getattr(options, name) for name in FILES}
    try:
        require_separate(files, read=options.results)
        cases = None if options.cases is None else cases_folder(options.cases)
        runs = joined([run for path in options.results for run in runs_in(path)])
    except UsageError as error:
        complain(str(error))
        return ExitStatus.USAGE
    with INTERRUPTION.put_off():
        if cases is not None:
            for run in runs:
                _keep_cases(run, cases)
        return _reported(runs, files)


def _reported(runs: Sequence[Run], files: dict[str, str | None]) -> int:
    terminal = Terminal.standard(elsewhere=any_is_standard_output(files.values()))
    for run in runs:
        for line in text.whole(run, terminal):
            terminal.painted(line)
    if not write_each(files, lambda flag: WRITTEN[flag](runs)):
        return ExitStatus.USAGE
    return terminal.or_unwritten(worst(run.exit_status for run in runs))


def _keep_cases(run: Run, folder: Path) -> None:
    """Write the cases that are shown. They come from elsewhere, and replaying them needs trust."""
    for invariant in run.invariants:
        for failure in run.smallest_failures(invariant.id):
            try:
                failure.path = str(write_case(failure.case, folder, made_here=False))
            except OSError as error:
                run.unwritten.append(f"the case could not be kept: {error}")
