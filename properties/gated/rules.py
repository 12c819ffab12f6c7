"""A rule as the user states it: which call of which process, and what becomes of it.

Everything that can be wrong with a rule is found when it is made.
"""

import errno
import signal
import sys
from dataclasses import dataclass

from faults.gate.lawful_errors import LOSES_THE_CONNECTION
from faults.gate.rules import Errno, Hold, LoseConnection, Shorten
from properties.gated import lawful
from properties.gated.named_calls import ABOUT_SOCKETS, MOVING, NamedCall, call_named
from properties.model.bounds import bounded
from properties.running.errors import UsageError

ALWAYS = sys.maxsize
"""As many times as the call is made."""

EXIT = "exit"
"""What a call may be held for that is no call: the end of a child of its process."""

PATIENCE = 10.0
"""Seconds that a call is held for what does not come."""

HIGHEST_PORT = 65535

NEVER_SENT = frozenset({signal.SIGKILL, signal.SIGSTOP})


@dataclass(frozen=True)
class Fail:
    """The call fails with this error, by its name in errno(3)."""

    error: str
    unlawful: bool = False

    def __str__(self) -> str:
        return f"fails with {self.error}"


@dataclass(frozen=True)
class Short:
    """The call moves at most so many bytes of a TCP connection."""

    count: int

    def __str__(self) -> str:
        return f"moves at most {self.count} byte{'s' * (self.count != 1)}"


@dataclass(frozen=True)
class HoldUntil:
    """The call waits until another process or thread makes the call `until`.

    Or until a child of its process has ended, where that is "exit". `signal` is sent to its process
    meanwhile. After `patience` seconds without that the call goes on.
    """

    until: str = ""
    signal: str = ""
    patience: float = PATIENCE

    def __str__(self) -> str:
        event = "a child of its process has ended"
        if self.until != EXIT:
            event = f"another one calls {self.until}"
        words = f"is held until {event}" if self.until else "is held"
        return f"{words}, while {self.signal} is sent" if self.signal else words


@dataclass(frozen=True)
class GateRule:
    """What becomes of a call: from the `nth` that matches, so many `times`.

    Calls are counted over all processes, or with `per_process` in each. `program` is the name of
    the executable, or a pattern of it; `port` is a port of the connection. Raises UsageError where
    that makes no sense.
    """

    call: str
    action: Fail | Short | HoldUntil
    nth: int = 1
    times: int = 1
    per_process: bool = False
    program: str = ""
    port: int = 0

    def __post_init__(self) -> None:
        named = self.named
        _require("nth", self.nth)
        if self.times != ALWAYS:
            _require("times", self.times)
        if not 0 <= self.port <= HIGHEST_PORT:
            raise UsageError(f"port {self.port}: ports are from 1 to {HIGHEST_PORT}")
        if self.port and named.kind not in ABOUT_SOCKETS:
            raise UsageError(f"port {self.port}: which port {self.call} is about is not known")
        match self.action:
            case Fail(error, unlawful):
                _require_error(named, error, unlawful=unlawful)
            case Short(count):
                _require_moving(named, count)
            case HoldUntil():
                _require_end_of_hold(self.action)

    @property
    def named(self) -> NamedCall:
        """The call that it names."""
        return call_named(self.call)

    @property
    def at_gate(self) -> Errno | LoseConnection | Shorten | Hold:
        """What the gate is to do."""
        match self.action:
            case Short(count):
                return Shorten(count)
            case Fail(error):
                number = int(getattr(errno, error))
                if self.call == "accept" and error in {one.name for one in LOSES_THE_CONNECTION}:
                    return LoseConnection(number)
                ends = self.is_about_connection and lawful.ends_the_connection(error)
                return Errno(number, severs=ends)
            case _:
                return Hold()

    @property
    def is_about_connection(self) -> bool:
        """Whether its calls are about a connection that is there."""
        return self.named.kind in ABOUT_SOCKETS and self.call not in ("accept", "connect")

    def __str__(self) -> str:
        where = f"the {ordinal(self.nth)} call"
        if self.times == ALWAYS:
            where = f"every call from the {ordinal(self.nth)} on"
        elif self.times > 1:
            where = f"{self.times} calls from the {ordinal(self.nth)} on"
        each = " of each process" if self.per_process else ""
        program = f" of {self.program}" if self.program else ""
        port = f", port {self.port}" if self.port else ""
        return f"{self.call} {self.action} ({where}{each}{program}{port})"


def fail(
    call: str,
    error: str,
    *,
    nth: int = 1,
    times: int = 1,
    per_process: bool = False,
    program: str = "",
    port: int = 0,
    unlawful: bool = False,
) -> GateRule:
    """Return a rule: the call fails with an error, `fail("accept", "ECONNABORTED", nth=2)`.

    `anechoic gate --list` shows the calls and the errors that are lawful there; `unlawful` allows
    any error. The other keywords are those of `GateRule`. Raises UsageError.
    """
    return GateRule(call, Fail(error, unlawful), nth, times, per_process, program, port)


def shorten(
    call: str,
    count: int,
    *,
    nth: int = 1,
    times: int = 1,
    per_process: bool = False,
    program: str = "",
    port: int = 0,
) -> GateRule:
    """Return a rule: a read or a write of a TCP connection moves at most `count` bytes.

    The other keywords are those of `GateRule`. Raises UsageError.
    """
    return GateRule(call, Short(count), nth, times, per_process, program, port)


def hold(
    call: str,
    *,
    until: str = "",
    signal: str = "",
    patience: float = PATIENCE,
    nth: int = 1,
    times: int = 1,
    per_process: bool = False,
    program: str = "",
    port: int = 0,
) -> GateRule:
    """Return a rule: the call waits until another process or thread makes the call `until`.

    `until="exit"` waits for the end of a child of its process. `signal`, "SIGCHLD" for one, is sent
    to its process meanwhile. After `patience` seconds the call goes on anyway, and the rule has not
    happened. The other keywords are those of `GateRule`. Raises UsageError.
    """
    action = HoldUntil(until, signal, patience)
    return GateRule(call, action, nth, times, per_process, program, port)


def _require(name: str, value: float) -> None:
    try:
        bounded(name, value)
    except ValueError as error:
        raise UsageError(f"{name} {value}: {error}") from None


def _require_error(named: NamedCall, error: str, *, unlawful: bool) -> None:
    lawful.require_failing(named)
    if error not in errno.errorcode.values():
        raise UsageError(f"{named.name}:{error}: there is no error of this name (errno(3))")
    if not unlawful:
        lawful.require_lawful(named, error)


def _require_moving(named: NamedCall, count: int) -> None:
    if named.kind not in MOVING:
        raise UsageError(f"{named.name}: only reads and writes move bytes that can be fewer")
    _require("bytes", count)


def _require_end_of_hold(action: HoldUntil) -> None:
    if not (action.until or action.signal):
        raise UsageError("what is held needs an event that ends it: a call, exit, or a signal")
    if action.until and action.until != EXIT:
        call_named(action.until)
    if action.signal:
        number = getattr(signal, action.signal, None)
        if not isinstance(number, signal.Signals):
            raise UsageError(f"{action.signal}: there is no signal of this name (signal(7))")
        if number in NEVER_SENT:
            raise UsageError(
                f"{action.signal}: it cannot be handled, so a held call learns nothing"
            )
    _require("patience", action.patience)


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, ..."""
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{last or 'th'}"
