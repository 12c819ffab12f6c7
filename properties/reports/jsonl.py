"""`--jsonl FILE`: a run as it happens, one JSON object a line, for programs that follow it.

`docs/events.md` says what each event has. Every line is written whole and at once, so that a
program that follows the file never waits for an event that has happened.
"""

import contextlib
import json
import platform
import threading
import time
from typing import Any, TextIO

from properties.cases.files import open_new
from properties.reports.terminal import complain
from properties.running.errors import UsageError
from properties.running.listener import RunListener
from properties.running.plan import Part
from properties.running.progress.parts import PartProgress
from properties.running.run import Run
from properties.running.versions import versions
from properties.search.attribution import CONTROL
from properties.search.findings import Failure, Findings

FORMAT = 1
"""Increased when what a reader relies on changes."""


class JsonLines(RunListener):
    """Writes the events of one run, or of two, one after the other."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._run: Run | None = None
        self._tests: dict[str, str] = {}
        self.broken = False
        """Whether some of the events could not be written."""
        self._closed = False
        self._writing = threading.Lock()

    @classmethod
    def to(cls, path: str) -> "JsonLines":
        """Write to a file, made anew, or to standard output as it is now. Raises UsageError."""
        try:
            return cls(open_new(path))
        except OSError as error:
            raise UsageError(f"--jsonl {path}: cannot be written: {error.strerror}") from None

    def started(self, run: Run) -> None:
        """Write what is to be run."""
        self._run = run
        self._tests = {part.id: part.test for part in run.parts}
        settings = run.settings
        self._write(
            "started",
            format=FORMAT,
            role=settings.role.name.value,
            target=str(settings.target),
            service=settings.service,
            seed=settings.seed,
            platform=platform.platform(),
            versions=versions(),
            faults=[family.name for family in settings.families],
            invariants=[invariant.id for invariant in settings.role.invariants],
            parts=len(run.parts),
            shard=vars(settings.shard) if settings.shard else None,
            level=run.level.word,
        )

    def grown(self, run: Run) -> None:
        """Write how many parts there are now."""
        self._tests = {part.id: part.test for part in run.parts}
        self._write("grown", parts=len(run.parts))

    def progressed(self, progress: PartProgress) -> None:
        """Write that one more workload is done."""
        self._write(
            "workload",
            fault=progress.family,
            part=self._tests.get(progress.part, progress.part),
            worker=progress.worker,
            workloads=progress.workloads,
            violated=list(progress.violated),
            levels=progress.words_by_invariant,
            remark=progress.remark,
        )

    def violated(self, family: str, invariant: str, failure: Failure) -> None:
        """Write that an invariant was violated for the first time."""
        self._write("found", fault=family, invariant=invariant, **_seen(failure))

    def shrunk(self, family: str, invariant: str, failure: Failure) -> None:
        """Write that a violation has a smaller case, or that its first one is the smallest."""
        rate = {"failed": failure.failed, "times": failure.times}
        first = {"first_steps": failure.first_steps}
        self._write("shrunk", fault=family, invariant=invariant, **_seen(failure), **first, **rate)

    def part_done(self, part: Part | None, findings: Findings | None) -> None:
        """Write what a part has found."""
        run = self._run
        if findings is None or part is None or run is None:
            return
        self._write(
            "part",
            fault=findings.family,
            part=part.test,
            workloads=findings.workloads,
            seconds=round(findings.seconds, 3),
            verdicts={name: cell.outcome.value for name, cell in findings.cells.items()},
            levels={name: level.word for name, level in findings.violations().items()},
            notes=findings.notes,
        )
        for family, found in ((findings.family, findings.cells), (CONTROL, findings.control)):
            for name, cell in found.items():
                so_far = run.findings[family].cells[name].failures
                for kind in sorted(cell.failures):
                    self._write("violation", part=part.test, **_violation(so_far[kind]))

    def finished(self, run: Run, status: int) -> None:
        """Write what the run has found, as `--json` does, and with which exit status it ends."""
        self._write("finished", exit_status=status, result=run.as_json())

    def close(self) -> None:
        """Write nothing more, even if the methods are still called."""
        with self._writing, contextlib.suppress(OSError):
            self._closed = True
            self._file.close()

    def _write(self, event: str, **what: Any) -> None:
        line = json.dumps({"event": event, "time": round(time.time(), 3), **what})
        with self._writing:
            if self.broken or self._closed:
                return
            try:
                self._file.write(line + "\n")
                self._file.flush()
            except OSError as error:
                # The run goes on: its exit status and its cases are still needed.
                self.broken = True
                complain(f"the events can no longer be written: {error.strerror}")


def _seen(failure: Failure) -> dict[str, Any]:
    """Return what was seen, and in which case."""
    return {
        "level": failure.level.word,
        "steps": failure.steps,
        "actual": failure.actual,
        "case": failure.path or None,
    }


def _violation(failure: Failure) -> dict[str, Any]:
    """Return the smallest violation of an invariant in a family, of one kind, so far."""
    invariant = failure.case.invariant
    return {
        "fault": failure.case.fault,
        "invariant": invariant.id,
        "section": invariant.section,
        "requirement": invariant.requirement,
        **_seen(failure),
        "first_steps": failure.first_steps,
        "injected": failure.injected,
        "expected": invariant.requirement,
        "failed": failure.failed,
        "times": failure.times,
    }
