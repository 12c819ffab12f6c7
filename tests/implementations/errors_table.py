"""Makes docs/errors.md: `python -m tests.implementations.errors_table`.

Each error that the gate can inject, tried once on the reference, the ladder and real servers: one
workload, in which a client is served before the error, others come with it, and one behind it.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from faults.accept_error import AcceptErrno, AcceptError
from faults.fault import Fault, Status
from faults.fork_error import ForkErrno, ForkError
from faults.held_call import HeldCall, Meanwhile, Place
from faults.io_error import IoError, IoFailure
from faults.payloads import Content, Payload
from faults.scarce_descriptors import ScarceDescriptors
from faults.short_count import ShortCall, ShortCount
from properties.execute import Rules
from properties.laboratory import Laboratory
from properties.steps import Inject, Open, Receive, Send, Workload
from properties.subject import Subject
from properties.trial import Trial
from target.command import Command
from target.errors import TargetError
from tests.implementations.catalogue import IMPLEMENTATIONS, build, missing

PAGE: Final = Path(__file__).parents[2] / "docs" / "errors.md"

REAL: Final = (
    "socat-exec-cat",
    "python-forkingtcpserver",
    "python-threadingtcpserver",
    "asyncio-streams",
    "node-pipe",
    "go-io-copy",
    "rust-io-copy",
    "java-a-thread-a-connection",
    "perl-fork",
    "c-epoll",
)

BYTES: Final = Payload(Content.RANDOM, 1000)

ERRORS: Final[dict[str, Fault]] = {
    **{f"accept: {error.value}": AcceptError((2, 3), error, 1) for error in AcceptErrno},
    **{f"fork: {error.value}": ForkError((2,), error) for error in ForkErrno},
    **{
        failure.value.replace(" fails with", ":"): IoError(1, failure, 1, 1, 4)
        for failure in IoFailure
    },
    **{f"short {call.value}": ShortCount(1, call, 1, 3, BYTES) for call in ShortCall},
    "no descriptors": ScarceDescriptors((2, 3), 0),
    "reset between accept and fork": HeldCall(2, 3, Place.FORK, Meanwhile.RESET),
    "reset between read and write": HeldCall(2, 3, Place.WRITE, Meanwhile.RESET),
    "killed between read and write": HeldCall(2, 3, Place.WRITE, Meanwhile.KILL),
}

INTRODUCTION: Final = """\
# Errors of system calls, on real servers

Made by `python -m tests.implementations.errors_table`, each error once: one client is served, the
error comes while others connect or send, and everybody is served behind it. The server runs
unmodified, behind the gate (`faults/gate`).

* ok: the error came, and every invariant held.
* the name of an invariant: it was violated.
* -: this server cannot meet the error. It does not make the call (no process or thread is made for
  a client), no signal can interrupt the call (nothing is caught, or the call never blocks), or it
  has no process of its own for a client.
* ?: it did not come to the call in this workload.

`exact_echo` beside `listener_survives` says that the one process died with its clients.
"""


def servers(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return the servers that are there: a name for the table and the command."""
    for number in (4, 1, 2, 3):
        name = f"tcpserv0{number}"
        yield name, (sys.executable, "-P", "-m", f"target.{name}", "--port", "{port}")
    for one in IMPLEMENTATIONS:
        if one.identifier in REAL and missing(one) is None:
            place = folder / one.identifier
            place.mkdir()
            yield one.identifier, build(one, place)


def tried(words: tuple[str, ...], fault: Fault) -> str:
    """Try an error on a fresh server; return what the cell of the table says."""
    workload: Workload = (
        Open(1),
        Send(1, Payload(Content.LINES, 24)),
        Receive(1),
        Inject(fault),
    )
    laboratory = Laboratory(Subject("127.0.0.1", Command(words)), Rules())
    try:
        return _cell(laboratory.try_out(workload))
    except TargetError as error:
        return f"not started: {error}"
    finally:
        laboratory.close()


def _cell(trial: Trial) -> str:
    status, _ = trial.what_fired()
    if trial.failed:
        return ", ".join(sorted(trial.failed))
    return {Status.FIRED: "ok", Status.MISSED: "?", Status.IMPOSSIBLE: "-"}[status]


def page(cells: dict[str, dict[str, str]]) -> str:
    """Return the page: a table with a server a row, errors in groups that fit."""
    lines = [INTRODUCTION]
    for kind in dict.fromkeys(error.split()[0] for error in ERRORS):
        errors = [error for error in ERRORS if error.split()[0] == kind]
        heads = [error.removeprefix(f"{kind} ") if len(errors) > 1 else error for error in errors]
        lines += [f"## {kind.removesuffix(':')}\n", f"| server | {' | '.join(heads)} |"]
        lines.append("| --- " * (len(errors) + 1) + "|")
        for server, found in cells.items():
            lines.append(f"| {server} | {' | '.join(found[error] for error in errors)} |")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    """Try everything and write the page."""
    cells: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, words in servers(Path(folder)):
            cells[name] = {}
            for error, fault in ERRORS.items():
                cells[name][error] = tried(words, fault)
            print(f"{name}: {cells[name]}", flush=True)
    PAGE.write_text(page(cells))


if __name__ == "__main__":
    main()
