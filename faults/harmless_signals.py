"""Which signals may be sent to a process without harm.

Only harmless signals are sent: those whose default is to do nothing, those that the process
ignores, and those that it catches and that report something. A signal without a handler would kill,
and many a caught one is an order that it is right to follow: SIGTERM, SIGHUP and SIGALRM of course,
but SIGUSR1 too (HAProxy stops, Node.js opens its debugger, PHP, Ruby and Erlang end), and SIGWINCH
(Apache and nginx end their workers).
"""

import enum
from signal import Signals

from target import processes
from target.processes import Process

HARMLESS_BY_DEFAULT = frozenset(
    {Signals.SIGCHLD, Signals.SIGURG, Signals.SIGWINCH, Signals.SIGCONT}
)
"""Ignored unless caught (signal(7)), and not orders when caught: they report something."""

REPORTING = (Signals.SIGCHLD, Signals.SIGURG, Signals.SIGCONT, Signals.SIGPIPE)
"""Caught, these report something; a handler for any other may end or change the service."""

CATCHES_EVERYTHING = 20
"""With so many signals caught, a process is taken for a runtime that decides what they do: Go
catches all of them, and still ends at a SIGUSR1 that the program did not ask for (os/signal)."""


class SignalName(enum.Enum):
    """The signals that may be sent; the last ones only where they are caught or ignored."""

    CAUGHT = "CAUGHT"
    """The first that the process catches and that is no order to it: the one that interrupts."""
    CHLD = "CHLD"
    URG = "URG"
    WINCH = "WINCH"
    CONT = "CONT"
    PIPE = "PIPE"
    HUP = "HUP"
    USR1 = "USR1"


def harmless_signal(
    process: Process, name: SignalName, reporting: tuple[Signals, ...] = REPORTING
) -> Signals | None:
    """Return the signal to be sent to this process, None when it could do harm.

    `reporting` are those that are no order to such a process when it catches them.
    """
    masks = processes.signals_of(process.identity.pid)
    if masks is None:
        return None
    caught = masks.caught if len(masks.caught) < CATCHES_EVERYTHING else frozenset()
    if name is SignalName.CAUGHT:
        return next((number for number in reporting if number in caught), None)
    number = Signals[f"SIG{name.value}"]
    if number in masks.ignored:
        return number
    if number not in masks.caught:
        return number if number in HARMLESS_BY_DEFAULT else None
    if number in reporting and (number in HARMLESS_BY_DEFAULT or number in caught):
        return number
    return None


def words(name: SignalName) -> str:
    """Return the name of the signal for a report."""
    return "a caught signal" if name is SignalName.CAUGHT else f"SIG{name.value}"
