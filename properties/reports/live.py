"""What a person sees while a run goes on: the grid filling, how fast, what failed so far.

On a terminal the grid is drawn and kept up to date; on one that is too small for it, one line is.
Elsewhere a line is written every few seconds, and one for each family when its last part is done.
Takes the place of pytest's own reporter under `anechoic check`.
"""

import os
import threading
import time
from typing import Any

import pytest

from properties.board import Board, State
from properties.plugin import hearers_key, run_key, tell_known
from properties.progress import Underway
from properties.reports import text
from properties.reports.grid_filling import filling, shrinking, time_left
from properties.reports.screen import WIDTH, Screen, cut
from properties.run import Run

REDRAW_INTERVAL = 0.1
"""Seconds between two drawings."""

REPORT_INTERVAL = 10.0
"""Seconds between two lines that say how far it has come, where there is no terminal."""


class Live:
    """A pytest plugin of the controlling process: draws progress, silences pytest."""

    def __init__(self, run: Run, screen: Screen) -> None:
        self._run = run
        self._screen = screen
        self._board = Board(run)
        self._drawn = time.monotonic() - REPORT_INTERVAL / 2
        self._current = ""
        self._shown = 0
        self._drawing = threading.Lock()
        self.internal_error = ""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Put pytest's reporter aside, and hand the run to the collector."""
        from _pytest.terminal import TerminalReporter

        config.stash[run_key] = self._run
        tell_known(config, self._run.known)
        config.stash[hearers_key].append(self.hear)
        old = config.pluginmanager.getplugin("terminalreporter")
        if old is not None:
            config.pluginmanager.unregister(old)
            # xdist and others expect one to be there; the file lives as long as the process.
            silent = TerminalReporter(config, open(os.devnull, "w"))  # noqa: SIM115
            config.pluginmanager.register(silent, "terminalreporter")

    def hear(self, underway: Underway) -> None:
        """One more workload is done, here or by one of xdist's workers."""
        self._board.hear(underway)
        self._current = underway.family
        self._draw()

    def pytest_runtest_logstart(self) -> None:
        """A part begins."""
        self._draw()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A part is over."""
        data: dict[str, Any] | None = getattr(report, "anechoic", None)
        if data is not None or report.failed:
            self._board.part_is_over(report.nodeid)
        if data is None:
            return
        self._current = family = data["family"]
        if not self._screen.is_terminal and self._board.is_over(family):
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
        """Take what was drawn off the terminal, and draw nothing more."""
        with self._drawing:
            self._drawn = float("inf")
            self._screen.rewrite([], self._shown)

    def _draw(self) -> None:
        with self._drawing:
            now = time.monotonic()
            interval = REDRAW_INTERVAL if self._screen.is_terminal else REPORT_INTERVAL
            if now - self._drawn < interval:
                return
            self._drawn = now
            state = self._board.state()
            if not self._screen.is_terminal:
                self._screen.line(self._line(state))
                return
            lines = list(filling(self._run, state, self._screen))
            if not self._screen.has_room_for(len(lines)):
                lines = [self._line(state)]
            self._screen.rewrite(lines, self._shown)
            self._shown = len(lines)

    def _line(self, state: State) -> str:
        failed = {name for f in self._run.findings.values() for name in f.failed()}
        failed.update(name for one in state.underway for name in one.violated)
        so_far = f", failed so far: {', '.join(sorted(failed))}" if failed else ""
        remarks = "".join(f"; {words}" for words in shrinking(state))
        line = (
            f"{self._current:<20} {state.workloads:>5} workloads, "
            f"part {min(state.parts_done + 1, state.parts)} of {state.parts}"
            f"{time_left(state)}{so_far}{remarks}"
        )
        return cut(line, WIDTH - 1)
