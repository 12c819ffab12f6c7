"""What is shown while a run goes on: the grid so far, the rate, what failed so far.

On a terminal the grid is drawn and kept up to date; on one that is too small for it, one line is.
Elsewhere a line is written every few seconds, and one for each family when its last part is done.
"""

import threading
import time

from properties.model.verdict import Outcome
from properties.reports.drawing import Drawing
from properties.reports.grid import SIGNS, WEAK_SIGNS
from properties.reports.layout import GAP, listed, packed
from properties.reports.levels import sign_of, sign_of_failure
from properties.reports.live_grid import filling, in_one_line
from properties.reports.terminal import Terminal
from properties.running.listener import RunListener
from properties.running.plan import Part
from properties.running.progress.parts import PartProgress
from properties.running.progress.state import ProgressState
from properties.running.run import Run
from properties.search.findings import Failure, Findings
from target.foreign_text import harmless

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
        self._drawing = Drawing(terminal)
        self._lock = threading.Lock()
        self._told: set[str] = set()
        """The files of cases that were named."""

    def grown(self, run: Run) -> None:
        """Count what else is to be tried."""
        del run
        self._state.note_the_plan()

    def progressed(self, progress: PartProgress) -> None:
        """Draw that one more workload is done, here or by one of xdist's workers."""
        self._state.progressed(progress)
        self._current = progress.family
        self._draw()

    def violated(self, family: str, invariant: str, failure: Failure) -> None:
        """Write that an invariant was violated for the first time, and in which case."""
        self._tell(family, invariant, failure)

    def shrunk(self, family: str, invariant: str, failure: Failure) -> None:
        """Write how small the case of a violation has become, and which: its first one may go."""
        if not failure.path or failure.path not in self._told:
            many = len(failure.steps)
            remark = f"shrunk to {many} step{'s' if many != 1 else ''}"
            self._tell(family, invariant, failure, remark)

    def _tell(self, family: str, invariant: str, failure: Failure, remark: str = "") -> None:
        self._told.add(failure.path)
        sign, colour = sign_of_failure(failure, self._run)
        what = (f"{sign} {family} x {invariant}", remark, failure.path)
        words = [harmless(one) for one in what if one]
        first, *rest = packed(words, GAP, self._terminal.width)
        painted = self._terminal.paint(sign, colour) + first.removeprefix(sign)
        with self._lock:
            self._drawing.line("\n".join([painted, *(f"  {line}" for line in rest)]))

    def part_done(self, part: Part | None, findings: Findings | None) -> None:
        """Draw that a part is over."""
        if part is not None:
            self._state.part_is_over(part.id)
        if findings is None:
            return
        self._current = family = findings.family
        findings = self._run.findings[family]
        is_over = findings.workloads and self._state.is_over(family)
        if is_over and not self._terminal.is_terminal:
            self._terminal.painted(family_line(findings, self._run, self._terminal))
        self._draw()

    def finished(self, run: Run, status: int) -> None:
        """Remove from the terminal what was drawn, and draw nothing more."""
        del run, status
        with self._lock:
            self._drawn = float("inf")
            self._drawing.clear()

    def _draw(self) -> None:
        with self._lock:
            now = time.monotonic()
            interval = REDRAW_INTERVAL if self._terminal.is_terminal else REPORT_INTERVAL
            if now - self._drawn < interval:
                return
            self._drawn = now
            state = self._state.snapshot()
            line = in_one_line(self._run, state, self._current, self._terminal.width)
            if not self._terminal.is_terminal:
                self._terminal.line(line)
                return
            lines = list(filling(self._run, state, self._terminal))
            self._drawing.draw(lines if self._drawing.has_room_for(lines) else [line])


def family_line(findings: Findings, run: Run, terminal: Terminal) -> str:
    """Return the line of one family: its name, how many workloads ran, and what it violated."""
    violated: dict[tuple[str, str], list[str]] = {}
    for name in findings.failed():
        violated.setdefault(sign_of(findings.cells[name], run), []).append(name)
    line = f"{harmless(findings.family):<20} {findings.workloads:>5} workloads  "
    shown = []
    for sign, colour in (SIGNS[Outcome.FAIL], *WEAK_SIGNS.values()):
        if names := violated.get((sign, colour)):
            words = listed(names, terminal.width - len(f"{line}{sign} "))
            shown.append(f"{terminal.paint(sign, colour)} {words}")
    return line + ("   ".join(shown) or "ok")
