"""What is shown while a run goes on: the grid so far, the rate, what failed so far.

On a terminal the grid is drawn and kept up to date; on one that is too small for it, one line is.
Elsewhere a line is written every few seconds, and one for each family when its last part is done.
"""

import threading
import time

from properties.model.verdict import Outcome
from properties.reports.grid import SIGNS, WEAK_SIGNS
from properties.reports.levels import sign_of, sign_of_failure
from properties.reports.live_grid import filling, shrinking, time_left
from properties.reports.terminal import WIDTH, Terminal, cut
from properties.running.listener import RunListener
from properties.running.plan import Part
from properties.running.progress import PartProgress
from properties.running.progress_state import ProgressState, Snapshot
from properties.running.run import Run
from properties.search.findings import Failure, Findings

REDRAW_INTERVAL = 0.1
"""Seconds between two drawings."""

REPORT_INTERVAL = 10.0
"""Seconds between two lines of progress, where there is no terminal."""


class Live(RunListener):
    """Draws how far a run is, until it is finished."""

    def __init__(self, run: Run, terminal: Terminal) -> None:
        self._run = run
        self._terminal = terminal
        self._state = ProgressState(run)
        self._drawn = time.monotonic() - REPORT_INTERVAL / 2
        self._current = ""
        self._shown = 0
        self._drawing = threading.Lock()

    def progressed(self, progress: PartProgress) -> None:
        """Draw that one more workload is done, here or by one of xdist's workers."""
        self._state.progressed(progress)
        self._current = progress.family
        self._draw()

    def violated(self, family: str, invariant: str, failure: Failure) -> None:
        """Write that an invariant was violated for the first time, and in which case."""
        case = f"    {failure.path}" if failure.path else ""
        sign = self._terminal.paint(*sign_of_failure(failure, self._run))
        head = f"{sign} {family} x {invariant}"
        with self._drawing:
            self._terminal.rewrite([], self._shown)
            self._shown = 0
            self._terminal.line(f"{head}{case}")

    def part_done(self, part: Part | None, findings: Findings | None) -> None:
        """Draw that a part is over."""
        if part is not None:
            self._state.part_is_over(part.id)
        if findings is None:
            return
        self._current = family = findings.family
        if not self._terminal.is_terminal and self._state.is_over(family):
            findings = self._run.findings[family]
            self._terminal.line(family_line(findings, self._run, self._terminal))
        self._draw()

    def finished(self, run: Run, status: int) -> None:
        """Remove from the terminal what was drawn, and draw nothing more."""
        del run, status
        with self._drawing:
            self._drawn = float("inf")
            self._terminal.rewrite([], self._shown)

    def _draw(self) -> None:
        with self._drawing:
            now = time.monotonic()
            interval = REDRAW_INTERVAL if self._terminal.is_terminal else REPORT_INTERVAL
            if now - self._drawn < interval:
                return
            self._drawn = now
            state = self._state.snapshot()
            if not self._terminal.is_terminal:
                self._terminal.line(self._line(state))
                return
            lines = list(filling(self._run, state, self._terminal))
            if not self._terminal.has_room_for(len(lines)):
                lines = [self._line(state)]
            self._terminal.rewrite(lines, self._shown)
            self._shown = len(lines)

    def _line(self, state: Snapshot) -> str:
        level = self._run.level
        failed = {name for f in self._run.findings.values() for name in f.failed(level)}
        failed.update(name for one in state.underway for name in one.violations(level))
        so_far = f", failed so far: {', '.join(sorted(failed))}" if failed else ""
        remarks = "".join(f"; {words}" for words in shrinking(state))
        line = (
            f"{self._current:<20} {state.workloads:>5} workloads, "
            f"part {min(state.parts_done + 1, state.parts)} of {state.parts}"
            f"{time_left(state)}{so_far}{remarks}"
        )
        return cut(line, WIDTH - 1)


def family_line(findings: Findings, run: Run, terminal: Terminal) -> str:
    """Return the line of one family: its name, how many workloads ran, and what it violated."""
    violated: dict[tuple[str, str], list[str]] = {}
    for name in findings.failed():
        violated.setdefault(sign_of(findings.cells[name], run), []).append(name)
    order = [SIGNS[Outcome.FAIL], *WEAK_SIGNS.values()]
    verdict = "   ".join(
        f"{terminal.paint(*one)} {', '.join(violated[one])}" for one in order if one in violated
    )
    return f"{findings.family:<20} {findings.workloads:>5} workloads  {verdict or 'ok'}"
