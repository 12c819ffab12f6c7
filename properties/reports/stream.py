"""`--jsonl FILE`: a run as it happens, one JSON object a line, for programs that follow it.

`docs/events.md` says what each event has. Every line is written whole and at once, so that whoever
follows the file never waits for what has happened.
"""

import contextlib
import json
import os
import platform
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

import pytest

from properties.collector import run_of
from properties.findings import from_data
from properties.plugin import hearers_key
from properties.preflight import Refusal
from properties.progress import Underway
from properties.reports.screen import complain
from properties.run import Run, versions

FORMAT = 1
"""Raised when what a reader relies on changes."""

OPTION = "anechoic_jsonl"

OUTPUT = "-"
"""Stands for standard output instead of a file."""


class Stream:
    """A pytest plugin of the controlling process that writes the events of one run, or of two."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._run: Run | None = None
        self._broken = False
        self._writing = threading.Lock()

    @classmethod
    def to(cls, path: str) -> "Stream":
        """Write to a file, made anew, or to standard output as it is now. Raises Refusal."""
        if path == OUTPUT:
            return cls(os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8"))
        try:
            return cls(Path(path).open("w", encoding="utf-8"))
        except OSError as error:
            raise Refusal(f"--jsonl {path}: cannot be written: {error.strerror}") from None

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Hear how far each part is."""
        config.stash[hearers_key].append(self.hear)

    def hear(self, underway: Underway) -> None:
        """One more workload is done."""
        self._write(
            "workload",
            fault=underway.family,
            part=underway.part.rpartition("::")[2],
            worker=underway.worker,
            workloads=underway.workloads,
            violated=list(underway.violated),
            remark=underway.remark,
        )

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Say what is to be run."""
        self._run = run = run_of(session.config)
        options = run.options
        self._write(
            "started",
            format=FORMAT,
            role=options.role.name.value,
            target=str(options.subject),
            seed=options.seed,
            platform=platform.platform(),
            versions=versions(),
            faults=[family.name for family in options.families],
            invariants=[invariant.id for invariant in options.role.invariants],
            parts=run.parts,
        )

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Say what a part has found."""
        findings: dict[str, Any] | None = getattr(report, "anechoic", None)
        run = self._run
        if findings is None or run is None:
            return
        found = from_data(findings)
        part = report.nodeid.rpartition("::")[2]
        self._write(
            "part",
            fault=found.family,
            part=part,
            workloads=found.workloads,
            seconds=round(found.seconds, 3),
            verdicts={name: cell.outcome.value for name, cell in found.cells.items()},
            notes=found.notes,
        )
        for name in found.failed():
            self._write("violation", part=part, **_violation(run, found.family, name))

    def finished(self, run: Run, status: int) -> None:
        """Say what the run has found, as `--json` does, and with which exit status it ends."""
        self._write("finished", exit_status=status, result=run.as_json())

    def close(self) -> None:
        """Write nothing more, whoever still has something to tell."""
        with self._writing, contextlib.suppress(OSError):
            self._broken = True
            self._file.close()

    def _write(self, event: str, **what: Any) -> None:
        line = json.dumps({"event": event, "time": round(time.time(), 3), **what})
        with self._writing:
            if self._broken:
                return
            try:
                self._file.write(line + "\n")
                self._file.flush()
            except OSError as error:
                # The run goes on: its exit status and its cases are still wanted.
                self._broken = True
                complain(f"the events can be written no more: {error.strerror}")


def _violation(run: Run, family: str, name: str) -> dict[str, Any]:
    """Return the smallest violation of an invariant in a family so far."""
    failure = run.findings[family].cells[name].failure
    invariant = next(one for one in run.invariants if one.id == name)
    assert failure is not None
    return {
        "fault": family,
        "invariant": name,
        "section": invariant.section,
        "requirement": invariant.requirement,
        "steps": failure.steps,
        "first_steps": failure.first_steps,
        "injected": failure.injected,
        "expected": failure.expected,
        "actual": failure.actual,
        "failed": failure.failed,
        "times": failure.times,
        "case": failure.path or None,
    }
