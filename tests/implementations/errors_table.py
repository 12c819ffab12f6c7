"""Makes docs/errors.md: `python -m tests.implementations.errors_table`.

Each error that the gate can inject, tried once on the reference, the ladder and real servers: one
workload, in which a client is served before the error, others come with it, and one after it.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from faults.fault import Fault, Status
from faults.payloads import Content, Payload
from faults.server.accept_errors import AcceptErrno, AcceptError
from faults.server.fork_errors import ForkErrno, ForkError
from faults.server.held_calls import HeldCall, Meanwhile, Place
from faults.server.io_errors import IoError, IoFailure
from faults.server.scarce_descriptors import ScarceDescriptors
from faults.server.short_counts import ShortCall, ShortCount
from faults.server_context import ServerContext
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.model.target_spec import Target
from properties.model.trial import Trial
from properties.server.harness import ServerHarness
from properties.server.steps import Open, Receive, Send
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

ERRORS: Final[dict[str, Fault[ServerContext]]] = {
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
error comes while others connect or send, and all clients are served after it. The server runs
unmodified, behind the gate (`faults/gate`).

* ok: the error came, and every invariant held.
* the name of an invariant: it was violated.
* -: this server cannot meet the error. It does not make the call (no process or thread is made for
  a client), no signal can interrupt the call (nothing is caught, or the call never blocks), or it
  has no process of its own for a client.
* ?: it did not come to the call in this workload.

`exact_echo` beside `listener_survives` says that the one process died with its clients.
"""


def servers() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return the servers that are there: a name for the table and the command."""
    for number in (4, 1, 2, 3):
        name = f"tcpserv0{number}"
        yield name, (sys.executable, "-P", "-m", f"target.{name}", "--port", "{port}")
    for one in IMPLEMENTATIONS:
        if one.identifier in REAL and missing(one) is None:
            yield one.identifier, build(one)


def tried(words: tuple[str, ...], fault: Fault[ServerContext]) -> str:
    """Try an error on a fresh server; return what the cell of the table says."""
    workload: Workload = (
        Open(1),
        Send(1, Payload(Content.LINES, 24)),
        Receive(1),
        Inject(fault),
    )
    harness = ServerHarness(Target("127.0.0.1", Command(words)), Rules())
    try:
        return _cell(harness.run_trial(workload))
    except TargetError as error:
        return f"not started: {error}"
    finally:
        harness.close()


def _cell(trial: Trial) -> str:
    status, _ = trial.fault_status()
    if trial.violated:
        return ", ".join(sorted(trial.violated))
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
    for name, words in servers():
        cells[name] = {}
        for error, fault in ERRORS.items():
            cells[name][error] = tried(words, fault)
        print(f"{name}: {cells[name]}", flush=True)
    PAGE.write_text(page(cells))


if __name__ == "__main__":
    main()
