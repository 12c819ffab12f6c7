"""`anechoic compare`: the list, the checks, what is shown meanwhile, and the files written."""

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from properties.cases.files import any_is_standard_output
from properties.compare.html import page
from properties.compare.implementation import Implementation
from properties.compare.implementation_list import READY, read
from properties.compare.markdown import markdown
from properties.compare.result import Compared
from properties.compare.runner import Check, Comparison
from properties.compare.text import conforming, counted, done_line, underway, whole
from properties.model.bounds import bounded
from properties.model.levels import LEVELS
from properties.reports.drawing import Drawing
from properties.reports.registry import require_separate, write_each
from properties.reports.terminal import Terminal, complain
from properties.roles import ROLES
from properties.running.errors import UsageError
from properties.running.exit_status import INTERRUPTED, ExitStatus, worst
from properties.running.process_lifetime import INTERRUPTION
from properties.running.settings import level_of
from target import chamber
from target.chamber import Network

EXTENTS = frozenset({"--max-examples", "--max-time"})
"""The options that say how much is tried; `--quick` goes with none of them."""


def _as_json(compared: Sequence[Compared]) -> str:
    implementations = [
        {
            "name": one.implementation.name,
            "role": one.implementation.role.value,
            "service": one.implementation.service or "echo",
            "missing": one.missing or None,
            "exit_status": one.status if one.was_judged else None,
            "verdicts": {
                invariant.id: one.verdict(invariant.id).value
                for invariant in ROLES[one.implementation.role].invariants
            }
            if one.was_judged
            else {},
            "levels": {name: level.word for name in one.violated if (level := one.level(name))},
            "conforms_at": {
                word: one.conforms_at(level) for word, level in LEVELS.items() if one.was_judged
            },
            "result": one.result or None,
        }
        for one in compared
    ]
    conforming_at = {word: conforming(compared, level) for word, level in LEVELS.items()}
    result = {"implementations": implementations, "conforming": conforming_at}
    return json.dumps(result, indent=2) + "\n"


WRITERS: dict[str, Callable[[Sequence[Compared]], str]] = {
    "--html": page,
    "--json": _as_json,
    "--markdown": markdown,
}
"""What is written, by the option that names its file."""


def compare(options: argparse.Namespace) -> int:
    """Compare, show and write; return the exit status: the worst of all that was judged."""
    files = {flag: getattr(options, flag.removeprefix("--")) for flag in WRITERS}
    path = READY if options.list is None else Path(options.list)
    try:
        require_separate(files, read=[options.list])
        chosen = _chosen(read(path), options.only or [], path)
        _require_numbers(options)
        level_of(options.level)
        for_each = _options_of_each(options)
        if options.fault:
            chosen = [one for one in chosen if any("--fault" in word for word in for_each(one))]
        if not chosen:
            raise UsageError(f"--fault {', '.join(options.fault)}: nothing in {path} has it")
    except UsageError as error:
        complain(str(error))
        return ExitStatus.USAGE
    terminal = Terminal.standard(elsewhere=any_is_standard_output(files.values()))
    of = options.list or "the ready list"
    terminal.line(f"anechoic: {counted(len(chosen))} of {of}, {options.jobs} at a time\n")
    shown = _Shown(len(chosen), terminal)
    own_network = options.network != Network.HOST.value and not chamber.why_not()
    comparison = Comparison(path, for_each, options.jobs, own_network, shown.update, list(chosen))
    with INTERRUPTION.put_off():
        compared = comparison.run()
        shown.clear()
        return _reported(compared, files, terminal, all_done=len(compared) == len(chosen))


def _reported(
    compared: Sequence[Compared],
    files: Mapping[str, str | None],
    terminal: Terminal,
    *,
    all_done: bool,
) -> int:
    """Show and write the result; return the exit status."""
    for line in whole(compared, terminal):
        terminal.painted(line)
    all_written = write_each(files, lambda flag: WRITERS[flag](compared))
    if any(one.stopped for one in compared) or not all_done:
        return INTERRUPTED
    judged = [one.status for one in compared if not one.missing]
    if not judged or not all_written:
        return ExitStatus.USAGE
    return terminal.or_unwritten(worst(judged))


def _chosen(
    listed: Sequence[Implementation], only: Sequence[str], path: Path
) -> list[Implementation]:
    for words in only:
        if not any(words.lower() in one.name.lower() for one in listed):
            names = ", ".join(one.name for one in listed)
            raise UsageError(f"--only {words}: there is none in {path}; there are {names}")
    return [one for one in listed if not only or any(w.lower() in one.name.lower() for w in only)]


def _require_numbers(options: argparse.Namespace) -> None:
    if options.quick and options.max_examples is not None:
        raise UsageError("give one of --quick and --max-examples, not both")
    for name in ("jobs", "max_examples", "seed"):
        number = getattr(options, name)
        try:
            bounded(name, number)
        except ValueError as error:
            raise UsageError(f"--{name.replace('_', '-')} {number}: {error}") from None


def _options_of_each(options: argparse.Namespace) -> Callable[[Implementation], list[str]]:
    """Return the options of anechoic check for an implementation."""
    known = {name: {f.name for f in role.families} for name, role in ROLES.items()}
    asked = options.fault or []
    for fault in asked:
        if not any(fault in names for names in known.values()):
            raise UsageError(f"--fault {fault}: there is no such fault; anechoic list names them")

    passed_on = [
        f"--{name.replace('_', '-')}={number}"
        for name in ("max_examples", "seed", "network", "level")
        if (number := getattr(options, name)) is not None
    ]
    passed_on += ["--no-sweep"] if options.no_sweep else []

    def options_of(implementation: Implementation) -> list[str]:
        faults = (one for one in asked if one in known[implementation.role])
        # A list says how many workloads a slow one stands, and that is few.
        is_quick = options.quick and not EXTENTS.intersection(implementation.options)
        quick = ["--quick"] if is_quick else []
        return [*(f"--fault={one}" for one in faults), *passed_on, *quick]

    return options_of


class _Shown:
    """What is shown while a comparison goes on."""

    def __init__(self, total: int, terminal: Terminal) -> None:
        self._total = total
        self._terminal = terminal
        self._reported = 0
        self._drawing = Drawing(terminal)
        self._drawn = time.monotonic()

    def update(self, done: list[Compared], running: list[Check]) -> None:
        """Show what has ended, and on a terminal how far the others are."""
        terminal, new = self._terminal, done[self._reported :]
        now = time.monotonic()
        if not new and now - self._drawn < (0.1 if terminal.is_terminal else 10.0):
            return
        self._drawn = now
        for number, one in enumerate(new, self._reported + 1):
            self._drawing.line(done_line(number, self._total, one, terminal.width))
        self._reported = len(done)
        lines = list(underway(self._total, done, running, terminal))
        if terminal.is_terminal:
            self._drawing.draw(lines if self._drawing.has_room_for(lines) else lines[:1])
        elif not new:
            terminal.painted("\n".join(lines))

    def clear(self) -> None:
        """Remove from the terminal what is redrawn each time."""
        self._drawing.clear()
