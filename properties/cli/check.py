"""`anechoic check`: runs the plan in processes of our own and reports what was found.

Where options of pytest are given, the same plan is run by pytest as a suite of tests, with our own
report instead of pytest's.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from properties.pytest_plugin.controller import name_known_cases
from properties.pytest_plugin.keys import listeners_key, run_key
from properties.reports import text
from properties.reports.live import Live
from properties.reports.registry import write
from properties.reports.terminal import Terminal, complain
from properties.running.exit_status import INTERRUPTED, ExitStatus
from properties.running.extent import Extent
from properties.running.listener import RunListener
from properties.running.option_list import FLAGS, Options
from properties.running.plan import PartKind
from properties.running.pool import Pool
from properties.running.process_lifetime import ROOT
from properties.running.run import Run

SUITE = ROOT / "properties" / "suite"
PLUGIN = "properties.pytest_plugin.plugin"


class OwnReport:
    """A pytest plugin: hands the run and its listeners over, and silences pytest's reporter."""

    def __init__(self, run: Run, listeners: Sequence[RunListener]) -> None:
        self._run = run
        self._listeners = listeners
        self.internal_error = ""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Silence pytest's reporter, and hand over the run and its listeners."""
        config.stash[run_key] = self._run
        name_known_cases(config, self._run)
        config.stash[listeners_key].extend(self._listeners)
        old = config.pluginmanager.getplugin("terminalreporter")
        if old is not None:
            config.pluginmanager.unregister(old)
            # xdist and others expect one to be there; the file lives as long as the process.
            silent = TerminalReporter(config, open(os.devnull, "w"))  # noqa: SIM115
            config.pluginmanager.register(silent, "terminalreporter")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Store why the suite itself could not be loaded."""
        if report.failed:
            self.internal_error = str(report.longrepr)

    def pytest_internalerror(self, excrepr: object) -> None:
        """Store what went wrong in pytest itself."""
        self.internal_error = str(excrepr)


def run_suite(
    run: Run,
    terminal: Terminal,
    options: Options,
    extent: Extent,
    for_pytest: Sequence[str],
    listeners: Sequence[RunListener] = (),
) -> int:
    """Run the suite as far as `extent` says, show what it found, and return the exit status.

    `for_pytest` are arguments that are passed on to pytest, `listeners` follow the run.
    """
    run.left_out += [extent.left_out] if extent.left_out else []
    following = [Live(run, terminal), *listeners]
    terminal.line(_opening(run))
    # Hypothesis keeps a folder in the current one, and none where its path cannot be made.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)
    if for_pytest:
        parallel = [f"--numprocesses={extent.workers}"] if extent.workers > 1 else []
        words = [*parallel, *for_pytest]
        status = _through_pytest(run, terminal, options, words, following)
    else:
        status = _by_ourselves(run, terminal, options, extent, following)
    for listener in listeners:
        listener.finished(run, status)
    return status


def _by_ourselves(
    run: Run,
    terminal: Terminal,
    options: Options,
    extent: Extent,
    listeners: Sequence[RunListener],
) -> int:
    for listener in listeners:
        listener.started(run)
    was_interrupted = False
    try:
        Pool(run, listeners, extent, fail_fast=options.fail_fast).go()
    except KeyboardInterrupt:
        was_interrupted = True
    listeners[0].finished(run, int(run.status))
    for line in text.failures(run, terminal) if was_interrupted else text.whole(run, terminal):
        terminal.line(line)
    write([run], options)
    if was_interrupted:
        print("anechoic: interrupted", file=sys.stderr)
        return INTERRUPTED
    return run.status


def _through_pytest(
    run: Run,
    terminal: Terminal,
    options: Options,
    for_pytest: Sequence[str],
    listeners: Sequence[RunListener],
) -> int:
    report = OwnReport(run, listeners)
    status = pytest.main([*_own_arguments(options), *for_pytest], plugins=[report])
    listeners[0].finished(run, int(status))
    if report.internal_error:
        print(report.internal_error, file=sys.stderr)
        return ExitStatus.INCONCLUSIVE
    if status == pytest.ExitCode.USAGE_ERROR:
        complain("anechoic check --help lists the options; the command of a target goes after --")
        return ExitStatus.USAGE
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        run.errors.append("nothing was run: no part of the suite was selected")
    stopped_at_a_violation = options.fail_fast and run.status is ExitStatus.VIOLATION
    if status == pytest.ExitCode.INTERRUPTED and not stopped_at_a_violation:
        print("anechoic: interrupted", file=sys.stderr)
        return INTERRUPTED
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        run.require_a_cause()
    run.keep_cases()
    for line in text.whole(run, terminal):
        terminal.line(line)
    return run.status


def _opening(run: Run) -> str:
    settings = run.settings
    total = sum(part.workloads for part in run.parts if part.kind is PartKind.WORKLOADS)
    workloads = f"{total} workload{'s' if total != 1 else ''}"
    many = len(settings.families)
    families = f"{many} fault famil{'ies' if many > 1 else 'y'}"
    return f"anechoic: {settings.target}\n{families}, {workloads}, seed {settings.seed}\n"


def _as_argument(name: str, value: Any) -> list[str]:
    if value is None or value is False:
        return []
    return [name if value is True else f"{name}={value}"]


def _own_arguments(options: Options) -> list[str]:
    arguments = [str(SUITE), "-p", PLUGIN, "-c", str(SUITE / "pytest.ini")]
    arguments += ["--rootdir", str(SUITE)]
    for flag in FLAGS:
        value = getattr(options, flag.name)
        # We write the events ourselves: they go on after a run of pytest.
        if flag.pytest and flag.name != "jsonl":
            for one in value if isinstance(value, list) else [value]:
                arguments += _as_argument(flag.prefixed, one)
    if options.fail_fast:
        arguments.append("--exitfirst")
    return arguments
