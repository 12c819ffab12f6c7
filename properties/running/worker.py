"""One of the processes that run the parts of a plan, and what it sends to the controlling one.

It is forked from the controlling process, which hands it one part at a time. What it finds it sends
at once, so that nothing is lost when the run is ended.
"""

import contextlib
import gc
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

from faults.wire import wire
from properties.model.harness import Harness
from properties.model.learnt import Learnt
from properties.model.levels import Level
from properties.roles import harness_for
from properties.running.plan import Part
from properties.running.process_lifetime import (
    INTERRUPTION,
    blocked,
    die_with_parent,
    leave_interruptions_to_the_parent,
    unblocked,
)
from properties.running.processes.chambered import enter_as_asked
from properties.running.progress.parts import PartProgress
from properties.running.rehearsal import is_rehearsal, learn
from properties.running.runner import progress_of, run_part
from properties.running.settings import Settings
from properties.search import heap
from properties.search.claims import Claims
from properties.search.findings import Findings, Measured, measured
from target.errors import TargetError
from target.keeping import end_nursery


@dataclass(frozen=True)
class Task:
    """One part: its place in the plan, what is known, and the seconds that are left to shrink."""

    place: int
    learnt: Learnt
    shrinking: float


@dataclass(frozen=True)
class Found:
    """A part that goes on has violated something. `data` are its findings so far."""

    data: dict[str, Any]


@dataclass(frozen=True)
class Done:
    """A part is over. `learnt` is what is known now, with the seconds that this part has shrunk.

    `rehearsed` is what a rehearsal has learnt, None for any other part.
    """

    data: dict[str, Any]
    learnt: Learnt
    rehearsed: Any = None


@dataclass(frozen=True)
class Failed:
    """A part could not be run, and why. `of_the_target`: the target cannot be started."""

    words: str
    of_the_target: bool = False


def work(
    parent: int,
    connection: Connection,
    settings: Settings,
    parts: Sequence[Part],
    name: str,
    claims: Claims,
) -> None:
    """Run parts until there is none left, the controlling process is gone, or SIGTERM comes.

    `parent` is the pid of the controlling process, which starts this one with its signals blocked.
    `claims`: what the other workers shrink.
    """
    die_with_parent(parent)
    # What was forked lives as long as this process: it is not looked through again and again.
    gc.freeze()
    heap.bound()
    leave_interruptions_to_the_parent()
    enter_as_asked(settings.rules.network)
    harness = harness_for(settings.target, settings.rules, settings.role.invariants)
    reports = Reports(connection, name)
    try:
        with unblocked():
            while (task := connection.recv()) is not None:
                answer = _answer(task, parts[task.place], settings, harness, reports, claims)
                if INTERRUPTION.came:
                    # It has become an error of what was half done.
                    raise KeyboardInterrupt
                reports.send(answer)
    except KeyboardInterrupt:
        reports.send_what_is_known()
    except (EOFError, BrokenPipeError):
        pass
    finally:
        harness.close()
        wire.end()
        end_nursery()


def _answer(
    task: Task,
    part: Part,
    settings: Settings,
    harness: Harness,
    reports: "Reports",
    claims: Claims,
) -> Done | Failed:
    harness.learnt.merge(task.learnt)
    harness.learnt.shrinking = 0.0
    reports.begin(part)
    try:
        if is_rehearsal(part):
            # Its own server goes first: the port may be the only one.
            harness.refresh()
            return Done(Findings(part.family.name).as_data(), harness.learnt, learn(settings))
        findings = run_part(
            *(part, settings, harness, reports.report), shrinking=task.shrinking, claims=claims
        )
    except TargetError as error:
        return Failed(error.with_output(), of_the_target=True)
    except Exception:
        return Failed(traceback.format_exc())
    return Done(findings.as_data(), harness.learnt)


class Reports:
    """What is sent to the controlling process; a signal does not cut a message in two."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._part: Part | None = None
        self._known: Findings | None = None
        self._reported: set[tuple[str, Level] | Measured] = set()

    def begin(self, part: Part) -> None:
        """Report about this part from now on."""
        self._part, self._known, self._reported = part, None, set()

    def report(self, findings: Findings) -> None:
        """Send how far the part is, and the findings as often as another invariant is violated.

        One that is violated at a stronger level counts as another; so does one that was shrunk.
        """
        assert self._part is not None
        self._known = findings
        shrunk = (measured(name, failure) for name, failure in findings.shrunk())
        known: set[tuple[str, Level] | Measured] = {*findings.violations().items(), *shrunk}
        if known - self._reported:
            self._reported.update(known)
            self.send(Found(findings.as_data()))
        self.send(replace(progress_of(self._part, findings), worker=self._name))

    def send_what_is_known(self) -> None:
        """Send the findings of a part that does not come to its end."""
        if self._known is not None:
            with contextlib.suppress(OSError):
                self.send(Found(self._known.as_data()))

    def send(self, message: Done | Failed | Found | PartProgress) -> None:
        """Send one message. Raises BrokenPipeError where the controlling process is gone."""
        with blocked():
            self._connection.send(message)
            if isinstance(message, Done | Failed):
                self._known = None
