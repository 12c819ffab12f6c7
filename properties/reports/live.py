"""What a person sees while a run goes on: which fault, how many workloads, what failed so far.

On a terminal one line is kept up to date; elsewhere a line is written for each family when its last
part is done. Takes the place of pytest's own reporter under `anechoic check`.
"""

import os
import time
from typing import Any

import pytest

from properties import cases
from properties.findings import Findings
from properties.plugin import progress_key, run_key, tell_known
from properties.reports import text
from properties.reports.screen import WIDTH, Screen
from properties.run import Run

REDRAW_INTERVAL = 0.1
"""Seconds between two drawings of the line."""

REPORT_INTERVAL = 10.0
"""Seconds between two lines that say how far it has come, where there is no terminal."""


class Live:
    """A pytest plugin of the controlling process: draws progress, silences pytest."""

    def __init__(self, run: Run, screen: Screen) -> None:
        self._run = run
        self._screen = screen
        self._left = {family.name: 0 for family in run.options.families}
        self._running = 0
        self._drawn = time.monotonic() - REPORT_INTERVAL / 2
        self._current = ""
        self.internal_error = ""
        for family, _, _ in (*run.options.parts, *run.options.sequels):
            self._left[family.name] += 1
        for path in run.known:
            self._left[cases.read(path).fault] += 1
        self._parts = sum(self._left.values())

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Put pytest's reporter aside, and hand the run to the collector."""
        from _pytest.terminal import TerminalReporter

        config.stash[run_key] = self._run
        tell_known(config, self._run.known)
        config.stash[progress_key] = self.workload_done
        old = config.pluginmanager.getplugin("terminalreporter")
        if old is not None:
            config.pluginmanager.unregister(old)
            # xdist and others expect one to be there; the file lives as long as the process.
            silent = TerminalReporter(config, open(os.devnull, "w"))  # noqa: SIM115
            config.pluginmanager.register(silent, "terminalreporter")

    def workload_done(self, findings: Findings) -> None:
        """One more workload of this process is done (not called for xdist's workers)."""
        self._running = findings.workloads
        self._current = findings.family
        failed = findings.failed()
        remark = findings.remark or f"FAIL {', '.join(failed)}, shrinking"
        self._draw(f"; {remark}" if failed else "")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A part begins."""
        self._current = nodeid.rpartition("[")[2].rstrip("]").rpartition("-")[0] or (
            nodeid.rpartition("[")[2].rstrip("]")
        )
        self._draw()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A part is over."""
        data: dict[str, Any] | None = getattr(report, "anechoic", None)
        if data is None:
            return
        self._running = 0
        family = data["family"]
        self._left[family] -= 1
        if self._left[family] == 0:
            self._screen.clear()
            self._screen.line(text.family_line(self._run.findings[family], self._screen))
        self._draw()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why the suite itself could not be loaded."""
        if report.failed:
            self.internal_error = str(report.longrepr)

    def pytest_internalerror(self, excrepr: object) -> None:
        """Keep what went wrong in pytest itself."""
        self.internal_error = str(excrepr)

    def pytest_sessionfinish(self) -> None:
        """Take the progress line away."""
        self._screen.clear()

    def _draw(self, remark: str = "") -> None:
        now = time.monotonic()
        interval = REDRAW_INTERVAL if self._screen.is_terminal else REPORT_INTERVAL
        if now - self._drawn < interval:
            return
        self._drawn = now
        done = self._parts - sum(self._left.values())
        failed = sorted({name for f in self._run.findings.values() for name in f.failed()})
        so_far = f", failed so far: {', '.join(failed)}" if failed else ""
        show = self._screen.replace if self._screen.is_terminal else self._screen.line
        line = (
            f"{self._current:<20} {self._run.workloads + self._running:>5} workloads, "
            f"part {min(done + 1, self._parts)} of {self._parts}{so_far}{remark}"
        )
        show(f"{line[: WIDTH - 5]} ..." if len(line) >= WIDTH else line)
