"""One of the processes that run the parts of a plan, and what it sends to the controlling one.

It is forked from the controlling process, which hands it one part at a time. What it finds it sends
at once, so that nothing is lost when the run is ended.
"""

import signal
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

from properties.model.harness import Harness
from properties.model.learnt import Learnt
from properties.model.levels import Level
from properties.roles import harness_for
from properties.running.plan import Part
from properties.running.process_lifetime import die_with_parent
from properties.running.processes.chambered import enter_as_asked
from properties.running.runner import progress_of, run_part
from properties.running.settings import Settings
from properties.search.findings import Findings
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
    """A part is over. `learnt` is what is known now, with the seconds that this part has shrunk."""

    data: dict[str, Any]
    learnt: Learnt


@dataclass(frozen=True)
class Failed:
    """A part could not be run, and why. `of_the_target`: the target cannot be started."""

    words: str
    of_the_target: bool = False


def work(
    parent: int, connection: Connection, settings: Settings, parts: Sequence[Part], name: str
) -> None:
    """Run parts until there is none left, the controlling process is gone, or SIGTERM comes.

    `parent` is the pid of the controlling process.
    """
    die_with_parent(parent)
    # Ctrl-C reaches all processes of the foreground; the controlling one decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    enter_as_asked(settings.rules.network)
    harness = harness_for(settings.target, settings.rules, settings.role.invariants)
    try:
        while (task := connection.recv()) is not None:
            connection.send(_answer(task, parts[task.place], settings, harness, connection, name))
    except (KeyboardInterrupt, EOFError, BrokenPipeError):
        pass
    finally:
        harness.close()
        end_nursery()


def _end(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _answer(
    task: Task,
    part: Part,
    settings: Settings,
    harness: Harness,
    connection: Connection,
    name: str,
) -> Done | Failed:
    harness.learnt.merge(task.learnt)
    harness.learnt.shrinking = 0.0
    reporter = reporter_of(connection, part, name)
    try:
        findings = run_part(part, settings, harness, reporter, shrinking=task.shrinking)
    except TargetError as error:
        return Failed(str(error), of_the_target=True)
    except Exception:
        return Failed(traceback.format_exc())
    return Done(findings.as_data(), harness.learnt)


def reporter_of(connection: Connection, part: Part, name: str) -> Callable[[Findings], None]:
    """Return what sends progress, and the findings as often as another invariant is violated.

    One that is violated at a stronger level counts as another.
    """
    reported: set[tuple[str, Level]] = set()

    def report(findings: Findings) -> None:
        failed = set(findings.violations().items())
        if failed - reported:
            reported.update(failed)
            connection.send(Found(findings.as_data()))
        connection.send(replace(progress_of(part, findings), worker=name))

    return report
