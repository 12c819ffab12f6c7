"""The command line: `anechoic check`, `compare`, `gate`, `grade`, `merge`, `replay` and others.

What may end it in the middle is handled here: an interruption, output that cannot be written, and a
defect of our own, which never exits with a status that says something about the target.
"""

import argparse
import contextlib
import gc
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from properties.cli.parser import parser
from properties.running.exit_status import INTERNAL_ERROR, INTERRUPTED, ExitStatus
from properties.running.process_lifetime import INTERRUPTION
from target.foreign_text import harmless_lines
from target.own_variables import set_own

REPORT_IT = """\
anechoic: this is a defect of anechoic and says nothing about the target. Please report it, with
  the lines above, the command line, and what anechoic --version prints."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    # Hypothesis would load what other packages add to it, which may take longer than all of ours.
    set_own("HYPOTHESIS_NO_PLUGINS", "1")
    INTERRUPTION.catch()
    try:
        status = _answered(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        status = INTERRUPTED
    except (Exception, SystemExit):
        # After an interruption it is one of what was half done.
        status = INTERRUPTED if INTERRUPTION.came else _internal_error()
    INTERRUPTION.let_nothing_in()
    if INTERRUPTION.came:
        _say("anechoic: interrupted")
        return INTERRUPTED
    return status


def _answered(arguments: list[str]) -> int:
    if not _has_output():
        _say("anechoic: standard output is closed, so nothing can be reported: open it")
        return ExitStatus.USAGE
    own, command = _split(arguments)
    try:
        options, for_pytest = _parsed(own, command)
    except SystemExit as end:
        # argparse has answered: with the help, or with what is wrong.
        return int(end.code or 0)
    if options.version:
        return _version()
    try:
        # Nothing works without it: a command is started there, and Hypothesis asks for it.
        os.getcwd()
    except OSError as error:
        _say(f"anechoic: the current folder cannot be used: {error.strerror}; change to another")
        return ExitStatus.USAGE
    return _run(options, for_pytest, command)


def _parsed(own: list[str], command: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return the options, and the words for pytest. Raises SystemExit where argparse answers."""
    parsing = parser()
    options, for_pytest = parsing.parse_known_args(own)
    if options.version:
        for word in filter(None, (options.action, *for_pytest, *command)):
            parsing.error(f"--version: prints, and does nothing else: leave out {word}")
        return options, for_pytest
    if options.action is None:
        for word in (*for_pytest, *command):
            parsing.error(f"what is {word!r}? anechoic --help lists the actions")
        parsing.print_help()
        parsing.exit(ExitStatus.USAGE)
    if options.action != "check" and for_pytest:
        parsing.error(f"unrecognized arguments: {' '.join(for_pytest)}")
    if for_pytest and (not for_pytest[0].startswith("-") or for_pytest[0] == "-"):
        parsing.error(f"what is {for_pytest[0]!r}? the command of a target goes after --")
    if options.action in ("compare", "merge", "show", "list") and command:
        parsing.error(f"{options.action} takes no command")
    return options, for_pytest


def _run(options: argparse.Namespace, for_pytest: list[str], command: list[str]) -> int:
    with without_collecting():
        action = _loaded(options, for_pytest, command)
    return action()


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Collect no garbage while modules are loaded: they stay, and hundreds are looked through."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _loaded(
    options: argparse.Namespace, for_pytest: list[str], command: list[str]
) -> Callable[[], int]:
    """Return what was asked for; nothing else is loaded."""
    if options.action == "list":
        from properties.cli.listing import show_all

        return show_all
    if options.action == "check":
        from properties.cli.check import check

        return partial(check, options, for_pytest, command)
    if options.action == "compare":
        from properties.compare.command import compare

        return partial(compare, options)
    if options.action == "grade":
        from properties.grading.command import grade

        return partial(grade, options, command)
    if options.action == "gate":
        from properties.gated.command import gate

        return partial(gate, options, command)
    if options.action == "merge":
        from properties.merging.command import merge

        return partial(merge, options)
    from properties.cli import case_commands

    if options.action == "replay":
        return partial(case_commands.replay, options, command)
    return partial(case_commands.show, options)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in arguments:
        return arguments, []
    place = arguments.index("--")
    return arguments[:place], arguments[place + 1 :]


def _version() -> int:
    from importlib import metadata

    from properties.reports.terminal import Terminal

    terminal = Terminal.standard()
    terminal.line(f"anechoic {metadata.version('anechoic')}")
    return terminal.or_unwritten(ExitStatus.CONFORMS)


def _has_output() -> bool:
    """Return whether standard output is open; occupy standard descriptors that are closed."""
    while (lowest := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(lowest, True)
    os.close(lowest)
    was_open = sys.stdout is not None
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    return was_open


def _internal_error() -> int:
    with contextlib.suppress(OSError):
        # It may quote a target's output, or the code of a user.
        print(harmless_lines(traceback.format_exc()), file=sys.stderr)
    _say(REPORT_IT)
    return INTERNAL_ERROR


def _say(words: str) -> None:
    with contextlib.suppress(OSError):
        print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
