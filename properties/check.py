"""`anechoic check`: the suite through pytest, with our own report instead of pytest's."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from properties.option_list import OPTIONS
from properties.reports import text
from properties.reports.live import Live
from properties.reports.screen import Screen, complain
from properties.reports.stream import OPTION, Stream
from properties.run import INTERRUPTED, ExitStatus, Run

SUITE = Path(__file__).parent / "suite"


def run_suite(
    run: Run,
    screen: Screen,
    values: dict[str, Any],
    for_pytest: list[str],
    stream: Stream | None = None,
) -> int:
    """Run the suite, show what it found, and return the exit status.

    `values` are the options by destination, `for_pytest` what is handed on, `stream` is told what
    happens.
    """
    status = _run_suite(run, screen, values, for_pytest, [] if stream is None else [stream])
    if stream is not None:
        stream.finished(run, status)
    return status


def _run_suite(
    run: Run,
    screen: Screen,
    values: dict[str, Any],
    for_pytest: list[str],
    streams: list[Stream],
) -> int:
    screen.line(_opening(run))
    # Hypothesis keeps a folder where it is called; a place that cannot be made, it skips.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)
    live = Live(run, screen)
    status = pytest.main([*_own_arguments(values), *for_pytest], plugins=[live, *streams])
    if live.internal_error:
        print(live.internal_error, file=sys.stderr)
        return ExitStatus.INCONCLUSIVE
    if status == pytest.ExitCode.USAGE_ERROR:
        complain("anechoic check --help lists the options; the command of a target goes behind --")
        return ExitStatus.USAGE
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        run.errors.append("nothing was run: no part of the suite was selected")
    stopped_at_a_violation = values["fail_fast"] and run.status is ExitStatus.VIOLATION
    if status == pytest.ExitCode.INTERRUPTED and not stopped_at_a_violation:
        print("anechoic: interrupted", file=sys.stderr)
        return INTERRUPTED
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        run.require_a_cause()
    run.keep_cases()
    for line in text.whole(run, screen):
        screen.line(line)
    return run.status


def _opening(run: Run) -> str:
    options = run.options
    total = sum(count for _, _, count in options.parts)
    workloads = f"{total} workload{'s' if total != 1 else ''}"
    families = f"{len(options.families)} fault famil{'ies' if len(options.families) > 1 else 'y'}"
    return f"anechoic: {options.subject}\n{families}, {workloads}, seed {options.seed}\n"


def _own_arguments(values: dict[str, Any]) -> list[str]:
    arguments = [str(SUITE), "-c", str(SUITE / "pytest.ini"), "--rootdir", str(SUITE)]
    for option in OPTIONS:
        if option.destination == OPTION:
            # The stream is ours, and outlives a run of pytest.
            continue
        value = values.get(option.destination)
        for one in value if isinstance(value, list) else [value]:
            arguments += [] if one is None else [f"{option.name}={one}"]
    if values["fail_fast"]:
        arguments.append("--exitfirst")
    return arguments
