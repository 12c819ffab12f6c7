"""The controlling process's part of the plugin: tries the target out, merges what was found."""

import re
from typing import Any

import pytest

from properties.cases.files import is_standard_output
from properties.pytest_plugin.keys import (
    KNOWN,
    REPLAY,
    listeners_key,
    receiver_key,
    run_key,
)
from properties.reports import text
from properties.reports.jsonl import JsonLines
from properties.reports.registry import ONE_FILE, require_files_of, write
from properties.reports.terminal import Terminal
from properties.running.errors import UsageError
from properties.running.exit_status import ExitStatus
from properties.running.option_list import PREFIX, options_in
from properties.running.plan import Part
from properties.running.preflight import planned, prepared, require_cases
from properties.running.process_lifetime import raise_again_what_could_not_be_raised
from properties.running.run import Run
from properties.running.settings import Settings, settings_of
from properties.search.findings import findings_from_data
from target.foreign_text import harmless_lines

EXPLICIT = ("server", "client", "address", "port", "fault", "expect")
"""Options that only the suite uses: where one is given, the target is tried out at the start."""


def settings_in(config: pytest.Config) -> Settings:
    """Return the checked options of a run of pytest. Raises UsageError."""
    return settings_of(options_in(config.option))


class Controller:
    """In the controlling process: tries the target out, merges findings, sets the exit status."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._options = options_in(config.option)
        self._replayed: list[str] = []
        self._events: JsonLines | None = None
        self._listeners = config.stash[listeners_key]
        self._session: pytest.Session | None = None
        self._status = 0
        self._unwritten: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Check that there is a target at all, before anything is distributed."""
        self._session = session
        try:
            self._try_out()
        except UsageError as error:
            pytest.exit(harmless_lines(with_prefix(error)), returncode=ExitStatus.USAGE)
        if run_key in self._config.stash:
            raise_again_what_could_not_be_raised()
        for listener in self._listeners:
            listener.started(self._run())

    def _try_out(self) -> None:
        config, options = self._config, self._options
        if run_key in config.stash or config.option.collectonly:
            return
        require_files_of(options, filter(None, [getattr(config.option, "xmlpath", None)]))
        for name in ONE_FILE:
            if is_standard_output(path := getattr(options, name)):
                raise UsageError(f"--{name} {path}: standard output is pytest's; name a file")
        if options.jsonl is not None:
            self._events = JsonLines.to(options.jsonl)
            self._listeners.append(self._events)
        if options.times is not None and not options.replay:
            raise UsageError(f"--times {options.times}: no case is named that is to run so often")
        if options.replay:
            require_cases(options.replay, options.times)
        elif any(getattr(options, name) is not None for name in EXPLICIT):
            config.stash[run_key] = prepared(settings_of(options))
            name_known_cases(config, config.stash[run_key])
        else:
            name_known_cases(config, planned(settings_of(options)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Process one report."""
        if report.when == "call":
            properties = dict(report.user_properties)
            self._replayed += [str(properties[REPLAY])] if REPLAY in properties else []
        findings = getattr(report, "anechoic", None)
        error = getattr(report, "anechoic_error", None)
        target_error = getattr(report, "anechoic_target_error", None)
        part = self._part_of(report)
        if findings is not None:
            self._add_findings(part, report, findings)
            return
        if target_error is not None:
            self._run().add_error(report.nodeid, target_error, of_the_target=True)
        elif error is not None or (report.failed and part is not None):
            # xdist reports a worker that has died as a failure of what it was running.
            words = str(error or report.longrepr)
            self._run().add_error(report.nodeid, words, of_the_target=False)
        if report.failed:
            for listener in self._listeners:
                listener.part_done(part, None)

    def _part_of(self, report: pytest.TestReport) -> Part | None:
        if "::" not in report.nodeid or "test_conformance" not in report.nodeid:
            return None
        return self._run().part_of(report.nodeid.rpartition("::")[2])

    def _add_findings(
        self, part: Part | None, report: pytest.TestReport, data: dict[str, Any]
    ) -> None:
        """Merge findings; put the failures of a part into its report, also for `--junitxml`."""
        run, findings = self._run(), findings_from_data(data)
        complete = not hasattr(report, "anechoic_unfinished")
        run.add(findings, complete=complete)
        run.keep_cases()
        if lines := list(text.failures_of(run, findings.failed(run.level))):
            report.outcome, report.longrepr = "failed", "\n".join(lines).strip()
        for listener in self._listeners if complete else ():
            listener.part_done(part, findings)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the files; set status 3 where nothing failed but something stayed inconclusive."""
        self._status = int(session.exitstatus)
        run = self._config.stash.get(run_key, None)
        if run is not None:
            was_interrupted = session.exitstatus == pytest.ExitCode.INTERRUPTED
            run.interrupted |= was_interrupted and run.workloads > 0
        if run is None or not _is_worth_keeping(run, session.exitstatus):
            return
        run.settle()
        run.keep_cases()
        self._unwritten = write([run], self._options)
        if session.exitstatus == 0 and run.now_passing():
            session.exitstatus = 1
        if session.exitstatus == 1 and run.accounts_for(session.testsfailed):
            session.exitstatus = int(run.status)
        if self._unwritten or run.unwritten:
            session.exitstatus = int(ExitStatus.USAGE)
        self._status = int(session.exitstatus)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Show the grid and the failures under pytest's own report."""
        for answer in self._replayed:
            terminalreporter.write_line(harmless_lines(answer))
        if self.shows_the_grid:
            terminalreporter.section("anechoic")
            for line in text.whole(self._run(), Terminal.standard()):
                terminalreporter.write_line(line)
        for sentence in self._unwritten:
            terminalreporter.write_line(harmless_lines(f"anechoic: {sentence}"))

    @property
    def shows_the_grid(self) -> bool:
        """Whether pytest's report ends with the grid of a run of the suite."""
        run = self._config.stash.get(run_key, None)
        return run is not None and run.workloads > 0

    def pytest_unconfigure(self) -> None:
        """End the events of `--anechoic-jsonl`."""
        if self._events is None:
            return
        if receiver_key in self._config.stash:
            # The workers have ended; what they sent last comes before the end.
            self._config.stash[receiver_key].close()
        if run_key in self._config.stash:
            self._events.finished(self._run(), self._status)
        if self._events.broken and self._session is not None:
            self._session.exitstatus = ExitStatus.USAGE
        self._events.close()

    def _run(self) -> Run:
        """Return the run, which is made when it is first needed."""
        if run_key not in self._config.stash:
            self._config.stash[run_key] = planned(settings_of(self._options))
        return self._config.stash[run_key]


def name_known_cases(config: pytest.Config, run: Run) -> None:
    """Store the cases to try first for all workers, which must collect the same tests."""
    setattr(config.option, KNOWN, list(run.known))


def with_prefix(error: UsageError) -> str:
    """Return an error that begins with the name of an option, in which it is that of pytest."""
    return re.sub(f"^--(?!{PREFIX}-)", f"--{PREFIX}-", str(error))


def _is_worth_keeping(run: Run, exitstatus: int) -> bool:
    """Return whether a run has come to its end, or has judged something before it was stopped."""
    has_failed = any(findings.failed() for findings in run.findings.values())
    return exitstatus in (0, 1) or run.interrupted or has_failed
