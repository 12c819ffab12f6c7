"""Which signals may be sent to a process without harm.

Only harmless signals are sent: those whose default is to do nothing, those that the process
ignores, and those that it catches and that report something. A signal without a handler would kill,
and many a caught one is an order that it is right to follow: SIGTERM, SIGHUP and SIGALRM of course,
but SIGUSR1 too (HAProxy stops, Node.js opens its debugger, PHP, Ruby and Erlang end), and SIGWINCH
(Apache and nginx end their workers). Which of these are no order to a target is learnt by trying
them once (`properties.server.rehearsal`), or said by the user.
"""

import enum
from dataclasses import dataclass
from signal import Signals

from target import process_status
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
    USR2 = "USR2"


@dataclass(frozen=True)
class Harmless:
    """Which signals are no order to a target that catches them.

    `reporting` report something by convention, `others` were rehearsed with this target, or named
    by the user; `never` are not sent at all, for the user says so.
    """

    reporting: tuple[Signals, ...] = REPORTING
    others: tuple[Signals, ...] = ()
    never: frozenset[Signals] = frozenset()

    def among(self, caught: frozenset[int]) -> list[Signals]:
        """Return those that a process may be interrupted with which catches these signals."""
        usual = self.reporting if len(caught) < CATCHES_EVERYTHING else ()
        known = dict.fromkeys((*usual, *self.others))
        return [number for number in known if number in caught and number not in self.never]


BY_CONVENTION = Harmless()
"""What is known of a server that was not rehearsed."""


def harmless_signal(
    process: Process, name: SignalName, harmless: Harmless = BY_CONVENTION
) -> Signals | None:
    """Return the signal to be sent to this process, None when it could do harm."""
    masks = process_status.signals_of(process.identity.pid)
    if masks is None:
        return None
    caught = harmless.among(masks.caught)
    if name is SignalName.CAUGHT:
        return next(iter(caught), None)
    number = number_of(name)
    if number in harmless.never:
        return None
    if number in masks.ignored:
        return number
    if number not in masks.caught:
        return number if number in HARMLESS_BY_DEFAULT else None
    is_report = number in HARMLESS_BY_DEFAULT and number in harmless.reporting
    return number if is_report or number in caught else None


def number_of(name: SignalName) -> Signals:
    """Return the signal of this name. Raises KeyError for CAUGHT, which names none."""
    return Signals[f"SIG{name.value}"]


def words(name: SignalName) -> str:
    """Return the name of the signal for a report."""
    return "a caught signal" if name is SignalName.CAUGHT else f"SIG{name.value}"


def why_not(process: Process, name: SignalName) -> str:
    """Return why no signal may be sent that is asked for so, where `harmless_signal` has none."""
    if name is not SignalName.CAUGHT:
        return f"{words(name)} is not harmless to {process.name}"
    masks = process_status.signals_of(process.identity.pid)
    if masks is not None and not masks.caught:
        return f"{process.name} catches no signal, so that none interrupts it"
    return f"each signal that {process.name} catches may be an order to it"
