"""The controlling process's part of the plugin: tries the target out, merges what was found.

Loaded in every pytest run on a machine where anechoic is installed, so it imports nothing of weight
before there is something to do.
"""

from typing import TYPE_CHECKING, Any

import pytest

from properties.plugin import (
    EXPLICIT,
    REPLAY,
    SUITE,
    ear_key,
    has_options,
    replays,
    run_key,
    tell_known,
)

if TYPE_CHECKING:
    from properties.reports.stream import Stream
    from properties.run import Run


def _stream_of(config: pytest.Config) -> "Stream | None":
    path = getattr(config.option, "anechoic_jsonl", None)
    if path is None:
        return None
    from properties.preflight import Refusal
    from properties.reports.stream import Stream

    try:
        stream = Stream.to(path)
    except Refusal as refusal:
        raise pytest.UsageError(str(refusal)) from None
    config.pluginmanager.register(stream, "anechoic-stream")
    return stream


class Collector:
    """In the controlling process: tries the target out, merges findings, answers with a status."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._replayed: list[str] = []
        self._stream = _stream_of(config)
        self._status = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Before anything is distributed, look whether there is a target at all."""
        config = self._config
        if run_key in config.stash or config.option.collectonly or not has_options(config):
            return
        from properties.preflight import Refusal, known, looked_at, prepare, require_cases

        try:
            if replays(config):
                require_cases(replays(config), config.getoption("anechoic_times"))
            elif any(config.getoption(name) is not None for name in EXPLICIT):
                config.stash[run_key] = prepare(config.getoption)
                tell_known(config, config.stash[run_key].known)
            else:
                tell_known(config, known(looked_at(config.getoption)))
        except Refusal as refusal:
            pytest.exit(str(refusal), returncode=2)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one report."""
        if report.when == "call":
            properties = dict(report.user_properties)
            self._replayed += [str(properties[REPLAY])] if REPLAY in properties else []
        findings = getattr(report, "anechoic", None)
        error = getattr(report, "anechoic_error", None)
        target_error = getattr(report, "anechoic_target_error", None)
        if findings is not None:
            self._take_in(report, findings)
        elif target_error is not None and target_error not in self._run().target_errors:
            self._run().target_errors.append(target_error)
        elif error is not None or (report.failed and SUITE in report.nodeid):
            # xdist reports a worker that has died as a failure of what it was running.
            words = error or report.longrepr
            self._run().errors.append(f"{report.nodeid} could not be run:\n{words}")

    def _take_in(self, report: pytest.TestReport, data: dict[str, Any]) -> None:
        """Merge findings; a part that failed says how to see it again, also in `--junitxml`."""
        from properties.findings import from_data
        from properties.reports import text

        run, findings = self._run(), from_data(data)
        run.add(findings)
        run.keep_cases()
        if told := list(text.failures_of(run, findings.failed())):
            report.longrepr = "\n".join(told).strip()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write `--json`; answer 3 where nothing failed but something stayed inconclusive."""
        self._status = int(session.exitstatus)
        run = self._config.stash.get(run_key, None)
        if run is None or not _is_worth_keeping(run, session.exitstatus):
            return
        run.keep_cases()
        from properties.reports.written import write

        write([run], lambda name: self._config.getoption(name, None))
        if session.exitstatus == 0 and run.now_passing():
            session.exitstatus = 1
        if session.exitstatus == 1 and run.accounts_for(session.testsfailed):
            session.exitstatus = int(run.status)
        self._status = int(session.exitstatus)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Show the grid and the failures under pytest's own report."""
        for answer in self._replayed:
            terminalreporter.write_line(answer)
        run = self._config.stash.get(run_key, None)
        if run is not None and run.workloads:
            from properties.reports import text
            from properties.reports.screen import Screen

            terminalreporter.section("anechoic")
            for line in text.whole(run, Screen.standard()):
                terminalreporter.write_line(line)

    def pytest_unconfigure(self) -> None:
        """End the stream of `--jsonl`."""
        if self._stream is None:
            return
        if ear_key in self._config.stash:
            # The workers have ended; what they told last comes before the end.
            self._config.stash[ear_key].close()
        if run_key in self._config.stash:
            self._stream.finished(self._run(), self._status)
        self._stream.close()

    def _run(self) -> "Run":
        return run_of(self._config)


def run_of(config: pytest.Config) -> "Run":
    """Return the run of the controlling process, which begins when it is first asked for."""
    if run_key not in config.stash:
        from properties.options import checked
        from properties.run import Run

        config.stash[run_key] = Run(checked(config.getoption))
    return config.stash[run_key]


def _is_worth_keeping(run: "Run", exitstatus: int) -> bool:
    """Tell whether a run has come to its end, or has found something before it was stopped."""
    return exitstatus in (0, 1) or any(findings.failed() for findings in run.findings.values())
