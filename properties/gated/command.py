"""`anechoic gate`: run a command behind a gate, report, and end as it has ended."""

import argparse
import errno
import json
import os
import select
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from properties.cases.files import can_be_written, write_whole
from properties.gated.command_line import rules_of
from properties.gated.lawful import EINTR, REMARKS, Errors, rows_of
from properties.gated.named_calls import CALLS, MOVING
from properties.gated.program import GatedProgram
from properties.gated.report import as_data, lines
from properties.reports.layout import wrapped
from properties.reports.terminal import Terminal, complain
from properties.running.errors import UsageError, require_alone
from properties.running.exit_status import ExitStatus
from target.errors import TargetError
from target.held import Ending

FORWARDED = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGWINCH,
)
"""What is sent to us is for the command."""

OF_A_TERMINAL = frozenset({signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGWINCH})
"""A terminal sends these to the whole process group (termios(3))."""

SCARCE = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)
"""What we cannot have, because of a limit of the user or of the machine."""

KILLED = 128
"""What a shell adds to the number of the signal that has ended a command."""


def gate(options: argparse.Namespace, command: Sequence[str]) -> int:
    """Do what the options say; return the exit status."""
    try:
        if options.list:
            require_alone("--list", {"json": options.json, **dict(options.in_order)}, command)
            return _list()
        rules = rules_of(options.in_order)
        if not command:
            raise UsageError("there is no command: it goes after --")
        if options.json is not None and not can_be_written(options.json):
            raise UsageError(f"--json {options.json}: cannot be written")
        # Before the command runs: what comes at its first moment is for it as well.
        with forwarding() as came, GatedProgram(command, rules) as program:
            ending = _awaited(program, came)
            program.stop()
            return _reported(program, ending, options.json)
    except (UsageError, TargetError) as error:
        complain(str(error))
        return ExitStatus.USAGE
    except OSError as error:
        if error.errno not in SCARCE:
            raise
        complain(f"too little is left to run a command behind a gate: {error.strerror} (ulimit -a)")
        return ExitStatus.USAGE


@contextmanager
def forwarding() -> Iterator[tuple[int, list[int]]]:
    """Collect the signals that come instead of obeying them; those that are ignored stay so.

    Yields a descriptor that is readable when one has come, and their numbers.
    """
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {
        number: signal.signal(number, note)
        for number in FORWARDED
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    woken = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading, came
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def _awaited(program: GatedProgram, signals: tuple[int, list[int]]) -> Ending:
    """Wait for the end of the command, and hand over what comes meanwhile."""
    reading, came = signals
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    if program.fileno() >= 0:
        poll.register(program.fileno(), select.POLLIN)
    while (ending := program.poll()) is None:
        if any(descriptor == reading for descriptor, _ in poll.poll()):
            os.read(reading, 4096)
        while came:
            number = came.pop(0)
            program.send_signal(number, to_group=number in OF_A_TERMINAL)
    return ending


def _reported(program: GatedProgram, ending: Ending, path: str | None) -> int:
    terminal = Terminal(sys.stderr, is_terminal=False)
    for line in lines(program, terminal.width):
        terminal.line(line)
    status = status_of(program, ending)
    if ending.status == 0:
        status = terminal.or_unwritten(status)
    if status == ExitStatus.INCONCLUSIVE and ending.status == 0:
        complain("the command ended with 0, but a rule never happened, which proves nothing")
    if path is None:
        return status
    content = json.dumps(as_data(program, ending, status), indent=2) + "\n"
    try:
        write_whole(path, content)
    except OSError as error:
        complain(f"--json {path}: cannot be written: {error.strerror or error}")
        return status if ending.status != 0 else ExitStatus.USAGE
    return status


def status_of(program: GatedProgram, ending: Ending) -> int:
    """Return the exit status: the command's own, and 3 for a success that proves nothing."""
    if ending.status is None:
        return KILLED + (ending.signal or 0)
    if ending.status == 0 and not program.happened:
        return ExitStatus.INCONCLUSIVE
    return ending.status


def _list() -> int:
    terminal = Terminal.standard()
    for line in listed_calls(terminal.width):
        terminal.line(line)
    return terminal.or_unwritten(ExitStatus.CONFORMS)


def listed_calls(width: int) -> Iterator[str]:
    """Return the lines that say with which errors each call may fail."""
    yield "call            may fail with"
    for name, call in CALLS.items():
        label = f"{name:<16}"
        for row in rows_of(call):
            words = f"{', '.join(row.names)}{_remark(row)}"
            yield from wrapped(label, words, width, below=18)
            label = " " * 16
        if label.strip():
            yield f"{label}nothing"
    moving = ", ".join(name for name, call in CALLS.items() if call.kind in MOVING)
    yield ""
    words = f"All can be held. Of a TCP connection {moving} can be cut short."
    yield from wrapped("", words, width)


def _remark(row: Errors) -> str:
    if row.blocking_only:
        return " (where it blocks)"
    if EINTR in row.names:
        return " (where a signal with a handler can interrupt it)"
    return f" ({REMARKS[row.about]})" if row.about in REMARKS else ""
