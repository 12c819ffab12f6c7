"""`anechoic compare`: the list, the checks, what is shown meanwhile, and what is left in files."""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from properties.comparison.implementation import Implementation
from properties.comparison.listing import READY, read
from properties.comparison.markdown import markdown
from properties.comparison.page import page
from properties.comparison.result import Compared
from properties.comparison.running import Check, Comparison
from properties.comparison.told import done_line, underway, whole
from properties.lifetime import end_on_sigterm
from properties.preflight import Refusal
from properties.references import worst
from properties.reports.screen import Screen, complain
from properties.reports.written import require_writable
from properties.role import ROLES
from properties.run import INTERRUPTED, ExitStatus
from properties.tables import TableError


def _as_json(compared: Sequence[Compared]) -> str:
    told = [
        {
            "name": one.implementation.name,
            "role": one.implementation.role.value,
            "missing": one.missing or None,
            "exit_status": one.status if one.was_judged else None,
            "verdicts": {
                invariant.id: one.verdict(invariant.id).value
                for invariant in ROLES[one.implementation.role].invariants
            }
            if one.was_judged
            else {},
            "result": one.result or None,
        }
        for one in compared
    ]
    return json.dumps({"implementations": told}, indent=2) + "\n"


WRITERS: dict[str, Callable[[Sequence[Compared]], str]] = {
    "html": page,
    "json": _as_json,
    "markdown": markdown,
}
"""What is written, by the option that names its file."""


def compare(options: argparse.Namespace) -> int:
    """Compare, show and write; return the exit status: the worst of all that was judged."""
    end_on_sigterm()
    screen = Screen.standard()
    path = Path(options.list) if options.list else READY
    values = vars(options)
    try:
        chosen = _chosen(read(path), options.only or [], path)
        _require_numbers(options)
        require_writable(values, WRITERS)
        for_each = _options_of_each(options)
        if options.fault:
            chosen = [one for one in chosen if any("--fault" in word for word in for_each(one))]
        if not chosen:
            raise Refusal(f"--fault {', '.join(options.fault)}: nothing in {path} has it")
    except (TableError, Refusal) as error:
        complain(str(error))
        return ExitStatus.USAGE
    of = options.list or "the ready list"
    screen.line(f"anechoic: {len(chosen)} implementations of {of}, {options.jobs} at a time\n")
    shown = _Shown(len(chosen), screen)
    comparison = Comparison(path, for_each, options.jobs, shown.tell, list(chosen))
    compared = comparison.run()
    shown.clear()
    for line in whole(compared, screen):
        screen.line(line)
    for name, text_of in WRITERS.items():
        try:
            if values[name]:
                Path(values[name]).write_text(text_of(compared), encoding="utf-8")
        except OSError as error:
            complain(f"--{name} {values[name]}: cannot be written: {error.strerror}")
    if any(one.stopped for one in compared) or len(compared) < len(chosen):
        complain("interrupted")
        return INTERRUPTED
    judged = [one.status for one in compared if not one.missing]
    return worst(judged) if judged else ExitStatus.USAGE


def _chosen(
    listed: Sequence[Implementation], only: Sequence[str], path: Path
) -> list[Implementation]:
    for words in only:
        if not any(words.lower() in one.name.lower() for one in listed):
            names = ", ".join(one.name for one in listed)
            raise TableError(f"--only {words}: there is none in {path}; there are {names}")
    return [one for one in listed if not only or any(w.lower() in one.name.lower() for w in only)]


def _require_numbers(options: argparse.Namespace) -> None:
    for name in ("jobs", "max_examples"):
        number = getattr(options, name)
        if number is not None and number < 1:
            raise Refusal(f"--{name.replace('_', '-')} {number}: must be above zero")


def _options_of_each(options: argparse.Namespace) -> Callable[[Implementation], list[str]]:
    """Return the options of anechoic check for an implementation."""
    known = {name: {f.name for f in role.families} for name, role in ROLES.items()}
    asked = options.fault or []
    for fault in asked:
        if not any(fault in names for names in known.values()):
            raise Refusal(f"--fault {fault}: there is no such fault; anechoic list names them")

    numbers = [
        f"--{name.replace('_', '-')}={number}"
        for name in ("max_examples", "seed")
        if (number := getattr(options, name)) is not None
    ]

    def options_of(implementation: Implementation) -> list[str]:
        faults = (one for one in asked if one in known[implementation.role])
        return [*(f"--fault={one}" for one in faults), *numbers]

    return options_of


class _Shown:
    """What a person sees of it while it goes on."""

    def __init__(self, total: int, screen: Screen) -> None:
        self._total = total
        self._screen = screen
        self._told = 0
        self._lines = 0
        self._drawn = time.monotonic()

    def tell(self, done: list[Compared], running: list[Check]) -> None:
        """Say what has ended, and on a terminal how far the others are."""
        new = done[self._told :]
        now = time.monotonic()
        if not new and now - self._drawn < (0.1 if self._screen.is_terminal else 10.0):
            return
        self._drawn = now
        self.clear()
        for number, one in enumerate(new, self._told + 1):
            self._screen.line(done_line(number, self._total, one))
        self._told = len(done)
        lines = list(underway(self._total, done, running, self._screen))
        if self._screen.is_terminal:
            if not self._screen.has_room_for(len(lines)):
                lines = lines[:1]
            self._screen.rewrite(lines, 0)
            self._lines = len(lines)
        elif not new:
            self._screen.line("\n".join(lines))

    def clear(self) -> None:
        """Take off the terminal what is drawn anew each time."""
        self._screen.rewrite([], self._lines)
        self._lines = 0
