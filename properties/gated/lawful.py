"""What each call may be made to fail with: the table of the sweep, and what no sweep needs.

The sweep fails calls of a server whose clients we are. Here the program may be a client, and may be
interrupted: connect() has a row of its own, and EINTR is lawful where a signal could bring it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from faults.gate.calls import Kind
from faults.gate.lawful_errors import ENDS_THE_CONNECTION, ROWS, About, lawful
from properties.gated.named_calls import NamedCall
from properties.running.errors import UsageError

EINTR = "EINTR"

INTERRUPTIBLE = frozenset({Kind.ACCEPT, Kind.READ, Kind.WRITE, Kind.WAIT})
"""Kinds that a signal interrupts, where a program has a handler for one that reports something."""

AT_ONCE = ("ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL")
AFTER_A_WAIT = ("ETIMEDOUT",)
"""What connect() reports, and what only one that blocks does (connect(2))."""

NEVER = {
    Kind.CLOSE: "close() always releases the descriptor, whatever it reports: a program that was "
    "told otherwise would be left with a state that no kernel shows",
}

REMARKS = {
    About.CONNECTION: "of a TCP connection",
    About.LISTENING: "of a listening TCP socket",
    About.FILE: "of a regular file",
}
"""What a call is about where it can be about several things."""


@dataclass(frozen=True)
class Errors:
    """The errors of a call about one thing, by their names, and where that is written."""

    about: About | None
    names: tuple[str, ...]
    source: str
    blocking_only: bool = False


def rows_of(call: NamedCall) -> Iterator[Errors]:
    """Return what a call may report, by what it is about."""
    if call.kind is Kind.CONNECT:
        yield Errors(None, AT_ONCE, "connect(2)")
        yield Errors(None, AFTER_A_WAIT, "connect(2), blocking", blocking_only=True)
    for row in ROWS:
        if row.kind is call.kind:
            may = {e.name for one in call.system_calls for e in lawful(row.kind, one, row.about)}
            names = tuple(error.name for error in row.errors if error.name in may)
            # What moves bytes of sockets alone is never about a file.
            if names and not (row.about is About.FILE and call.only):
                yield Errors(row.about, names, row.source)
    if call.kind in INTERRUPTIBLE:
        yield Errors(None, (EINTR,), "signal(7)")


def require_lawful(call: NamedCall, error: str) -> None:
    """Raise UsageError where a call never fails with this error."""
    found = [name for row in rows_of(call) for name in row.names]
    if error not in found:
        may = f"it may fail with {', '.join(found)}" if found else "nothing is lawful there"
        raise UsageError(
            f"{call.name}:{error}: {call.name}() does not fail with that: {may} (--unlawful does "
            "it all the same)"
        )


def require_failing(call: NamedCall) -> None:
    """Raise UsageError where a call is never failed, lawful or not."""
    if call.kind in NEVER:
        raise UsageError(f"{call.name}: it is never failed, for {NEVER[call.kind]}")


def may_report(call: NamedCall, name: str, about: About | None, error: str) -> bool:
    """Return whether the system call `name`, about this, may report the error."""
    if about is None:
        return False
    return error in {one.name for one in lawful(call.kind, name, about)}


def ends_the_connection(error: str) -> bool:
    """Return whether the connection is over when this is reported of it."""
    return error in {one.name for one in ENDS_THE_CONNECTION}
