"""`anechoic replay` and `anechoic show`: what can be done with a saved case."""

import argparse
import textwrap
from pathlib import Path

from properties import cases
from properties.preflight import Refusal
from properties.replay import replay as replay_case
from properties.replay import runs_needed
from properties.reports import saved, svg
from properties.reports.screen import Screen, complain
from properties.reports.written import require_writable
from properties.run import ExitStatus
from target.command import Command
from target.errors import TargetError


def replay(options: argparse.Namespace, words: list[str]) -> int:
    """Run a case again, on the command in `words` or on its own; return the exit status."""
    screen = Screen.standard()
    try:
        if options.times is not None and options.times < 1:
            raise cases.CaseError(f"--times {options.times}: at least one run is needed")
        case = cases.read(Path(options.case))
        command = Command(tuple(words)) if words else None
        needed = runs_needed(case)
        progress = screen.counter("run", options.times or needed)
        try:
            replayed = replay_case(case, command, options.times, progress, port=options.port)
        finally:
            screen.clear()
    except (cases.CaseError, TargetError) as error:
        complain(f"ERROR {error}")
        return ExitStatus.USAGE
    screen.line(replayed.answer(case))
    if replayed.reason:
        screen.line(
            textwrap.fill(replayed.reason, 100, initial_indent="  ", subsequent_indent="  ")
        )
    if replayed.failed:
        return ExitStatus.VIOLATION
    if not replayed.doubtful and replayed.times < needed:
        screen.line(f"  too few runs to be sure: a case that fails this seldom needs {needed}")
    return ExitStatus.INCONCLUSIVE if replayed.doubtful else ExitStatus.CONFORMS


def show(options: argparse.Namespace) -> int:
    """Show a case and its timeline; return the exit status."""
    screen = Screen.standard()
    try:
        require_writable(vars(options), ["svg"])
        case = cases.read(Path(options.case))
    except (cases.CaseError, Refusal) as error:
        complain(f"ERROR {error}")
        return ExitStatus.USAGE
    if options.svg is not None:
        picture = case.role.picture(case.history, case.actual)
        if picture is None:
            complain(f"ERROR {options.case} holds no history: there is nothing to draw")
            return ExitStatus.USAGE
        title = f"{case.fault} x {case.invariant.id}: {case.actual}"
        Path(options.svg).write_text(svg.standalone(picture, title), encoding="utf-8")
    for line in saved.told(case, options.case, screen):
        screen.line(line)
    return ExitStatus.CONFORMS
