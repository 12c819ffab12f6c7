"""`anechoic replay` and `anechoic show`: what can be done with a saved case."""

import argparse
import struct
from collections.abc import Callable
from pathlib import Path

from faults.wire.wire import PEER
from properties.cases.case import Case, CaseError, read_case
from properties.cases.files import any_is_standard_output
from properties.cases.replay import (
    Replayed,
    in_words,
    require_trust,
    run_again,
    runs_needed,
    target_of,
)
from properties.engine.states import States
from properties.model.bounds import bounded
from properties.model.events import Carried
from properties.reports import ladder_svg, pcapng
from properties.reports.case import lines, states_lines
from properties.reports.layout import wrapped
from properties.reports.registry import require_separate, write_each
from properties.reports.terminal import Terminal, complain
from properties.running.errors import UsageError
from properties.running.exit_status import INTERRUPTED, ExitStatus
from properties.running.preflight import require_connections
from properties.running.process_lifetime import INTERRUPTION
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
        most = options.times or runs_needed(case)
        count, latest = terminal.counter("run", most), list[Replayed]()

        def progress(so_far: Replayed) -> None:
            latest[:] = [so_far]
            count(so_far.times)

        try:
            target = target_of(case, command, options.port)
            terminal.line(in_words(target))
            network = chambered.usable(Network(options.network or case.network), target)
            require_connections(target, network)
            replayed = chambered.call(
                network,
                lambda tell: run_again(case, target, options.times, tell, states=options.states),
                progress,
            )
        finally:
            terminal.clear()
    except (CaseError, TargetError, UsageError) as error:
        complain(f"ERROR {error}")
        return ExitStatus.USAGE
    except KeyboardInterrupt:
        with INTERRUPTION.put_off():
            for so_far in latest:
                terminal.line(so_far.answer(case))
                terminal.line(f"  partial: it was interrupted after {so_far.times} of {most} runs")
        return INTERRUPTED
    terminal.line(replayed.answer(case))
    if options.states:
        for line in states_lines(replayed.history, terminal):
            terminal.line(line)
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
    paths = {"--svg": options.svg, "--pcap": options.pcap}
    try:
        require_separate(paths, read=[options.case])
        terminal = Terminal.standard(elsewhere=any_is_standard_output(paths.values()))
        case = read_case(Path(options.case))
        if options.segments or options.pcap:
            _require_segments(case, options.case)
        if options.states:
            _require_states(case, options.case)
        contents = {
            flag: FILES[flag](case, options.case, options.segments)
            for flag, path in paths.items()
            if path is not None
        }
    except (CaseError, UsageError) as error:
        complain(f"ERROR {error}")
        return ExitStatus.USAGE
    wanted = {"segments": options.segments, "states": options.states}
    for line in lines(case, options.case, terminal, **wanted):
        terminal.painted(line)
    all_written = write_each(paths, contents.__getitem__)
    return terminal.or_unwritten(ExitStatus.CONFORMS) if all_written else ExitStatus.USAGE


def _require_segments(case: Case, path: str) -> None:
    if not any(isinstance(event, Carried) for event in case.history):
        raise UsageError(
            f"{path} holds no segments: only what has gone over the wire between two hosts is "
            "kept, and none of its faults needed one"
        )


def _require_states(case: Case, path: str) -> None:
    if not any(isinstance(event, States) for event in case.history):
        raise UsageError(
            f"{path} holds no states: they are kept of a server's case that failed once more when "
            "it was looked at, at each step; anechoic replay --states looks anew"
        )


def _figure(case: Case, path: str, segments: bool) -> str:
    picture = case.role.picture(case.history, case.actual, segments=segments)
    if picture is None:
        raise UsageError(f"{path} holds no history: there is nothing to draw")
    return ladder_svg.standalone(picture, f"{case.fault} x {case.invariant.id}: {case.actual}")


def _capture(case: Case, path: str, segments: bool) -> bytes:
    del segments
    carried = [event for event in case.history if isinstance(event, Carried)]
    try:
        return pcapng.capture(carried, case.host, PEER)
    except (struct.error, ValueError, OverflowError):
        raise UsageError(f"{path}: a segment of its history has a number that none has") from None


FILES: dict[str, Callable[[Case, str, bool], str | bytes]] = {"--svg": _figure, "--pcap": _capture}
"""What is written to the file that an option names."""
