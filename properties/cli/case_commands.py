"""`anechoic replay` and `anechoic show`: what can be done with a saved case."""

import argparse
from pathlib import Path

from properties.cases.case import CaseError, read_case
from properties.cases.replay import in_words, require_trust, run_again, runs_needed, target_of
from properties.model.bounds import bounded
from properties.reports import ladder_svg
from properties.reports.case import lines
from properties.reports.layout import wrapped
from properties.reports.registry import not_written, require_writable
from properties.reports.terminal import Terminal, complain
from properties.running.errors import UsageError
from properties.running.exit_status import ExitStatus
from properties.running.processes import chambered
from target.chamber import Network
from target.command import Command
from target.errors import TargetError


def replay(options: argparse.Namespace, words: list[str]) -> int:
    """Run a case again, on the command in `words` or on its own; return the exit status."""
    terminal = Terminal.standard()
    try:
        _require_numbers(options)
        case = read_case(Path(options.case))
        command = Command(tuple(words)) if words else None
        require_trust(case, options.case, command, trusted=options.trust)
        progress = terminal.counter("run", options.times or runs_needed(case))
        try:
            target = target_of(case, command, options.port)
            terminal.line(in_words(target))
            network = chambered.usable(Network(options.network or case.network), target)
            replayed = chambered.call(
                network, lambda tell: run_again(case, target, options.times, tell), progress
            )
        finally:
            terminal.clear()
    except (CaseError, TargetError, UsageError) as error:
        complain(f"ERROR {error}")
        return ExitStatus.USAGE
    terminal.line(replayed.answer(case))
    if replayed.remark:
        for line in wrapped("", f"  {replayed.remark}", terminal.width, below=2):
            terminal.line(line)
    if replayed.failed:
        return terminal.or_unwritten(ExitStatus.VIOLATION)
    return terminal.or_unwritten(
        ExitStatus.CONFORMS if replayed.is_fixed else ExitStatus.INCONCLUSIVE
    )


def _require_numbers(options: argparse.Namespace) -> None:
    for name in ("times", "port"):
        try:
            bounded(name, getattr(options, name))
        except ValueError as error:
            raise UsageError(f"--{name} {getattr(options, name)}: {error}") from None


def show(options: argparse.Namespace) -> int:
    """Show a case and its timeline; return the exit status."""
    terminal, unwritten = Terminal.standard(), ""
    try:
        require_writable({"--svg": options.svg})
        case = read_case(Path(options.case))
    except (CaseError, UsageError) as error:
        complain(f"ERROR {error}")
        return ExitStatus.USAGE
    if options.svg is not None:
        picture = case.role.picture(case.history, case.actual)
        if picture is None:
            complain(f"ERROR {options.case} holds no history: there is nothing to draw")
            return ExitStatus.USAGE
        title = f"{case.fault} x {case.invariant.id}: {case.actual}"
        unwritten = not_written(options.svg, ladder_svg.standalone(picture, title))
        if unwritten:
            complain(f"--svg {options.svg}: {unwritten}")
    for line in lines(case, options.case, terminal):
        terminal.painted(line)
    return ExitStatus.USAGE if unwritten else terminal.or_unwritten(ExitStatus.CONFORMS)
