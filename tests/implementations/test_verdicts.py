"""What anechoic finds in echo servers that this project did not write, and why that is right.

Each row states the verdict and its reason, from the server's documentation or source, or from what
it was seen to do by hand (`catalogue.py` has the details). Servers that are not installed are
skipped; `.ci/install-servers` installs them.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from faults.fault import Reading
from faults.payloads import Content, Payload
from properties.cases.case import Case, write_case
from properties.server.families import FAMILIES
from properties.server.generation.gate_faults import GATE_FAULT_STRATEGIES
from properties.server.invariants import exact_echo
from properties.server.role import SERVER
from properties.server.steps import Open, Receive, Send
from tests.end_to_end.runs import finished
from tests.exhaustive import parameters

from .catalogue import IMPLEMENTATIONS, Implementation, build, missing

MUCH = Payload(Content.LETTERS, 8 << 20)
LATE_READERS = (
    *(step for c in range(1, 5) for step in (Open(c, Reading.LATE), Send(c, MUCH, 5000))),
    *map(Receive, range(1, 5)),
)
"""Clients that send more than all buffers on the way hold, and only then begin to read."""

OVER_PIPES = ("socat-exec-cat-pipes", "socat-pipe")

OUTSIDE = tuple(
    family.name
    for family in FAMILIES
    if family.name not in {fault.name for fault in GATE_FAULT_STRATEGIES}
)
"""What is done to a server from outside. What errors of its system calls do to it is stated in
docs/errors.md and in test_behind_the_gate.py."""

SOME = ("control", "disconnect_burst", "eof_races", "mixed")
"""The families for servers that take long over each workload; `mixed` has all faults in it."""

CONFORMS = 0
VIOLATES = 1


@dataclass(frozen=True)
class Expectation:
    """What is to be found in one server.

    `violated` must be found, `allowed` may be found beside it: other names for the same defect.
    """

    identifier: str
    violated: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()
    examples: int = 1
    stops_early: bool = False


def _conforms(identifier: str, *faults: str) -> Expectation:
    return Expectation(identifier, faults=faults)


def _violates(
    identifier: str,
    violated: str,
    allowed: str = "",
    *,
    faults: str = "",
    examples: int = 1,
    stops_early: bool = False,
) -> Expectation:
    return Expectation(
        identifier,
        frozenset(violated.split()),
        frozenset(allowed.split()),
        tuple(faults.split()),
        examples,
        stops_early,
    )


EXPECTED = (
    # socat forks for each connection and the child starts cat on a socket pair; the parent reaps
    # with waitpid(WNOHANG) in a loop. A half-close is passed on (its "half close" is the default).
    _conforms("socat-exec-cat", *SOME),
    _conforms("socat-exec-cat-nofork", *SOME),
    _conforms("socat-system-cat", *SOME),
    # ncat stops forwarding when the client's FIN arrives, and what cat has not yet given back is
    # lost (ncat(1) has no half-close for --exec); its workers inherit the listening socket, so that
    # the port stays taken while one of them lives.
    _violates(
        "ncat-exec",
        "clean_eof clean_restart",
        "exact_echo isolation no_zombies",
        faults="eof_races",
        examples=8,
    ),
    # busybox nc vforks and execs in its loop, and has the kernel reap (SIGCHLD is ignored), but it
    # asks for that only after the first vfork (strace shows rt_sigaction after it): where the
    # first worker ends before, it stays a zombie. On a busy machine that is seen now and then.
    Expectation("busybox-nc-ll-e-cat", allowed=frozenset({"no_zombies"})),
    # Both serve a fixed number of clients (tcpserver(1) -c 40, tcpsvd(8) -c 30) and reap with
    # waitpid(WNOHANG) in a loop; within that number they keep everything.
    _conforms("tcpserver"),
    _conforms("tcpsvd"),
    # xinetd's internal echo forks; cps = 50 10 is its default, so the rate must stay below.
    _conforms("xinetd-internal-echo", "control", "disconnect_burst"),
    # inetd waits a second after a child has ended (sleep(1) after an interrupted select), which is
    # slow but breaks nothing that is promised.
    _conforms("inetutils-inetd-cat", "control"),
    # systemd passes the connection on as standard input; PDEATHSIG ends the workers with it.
    _conforms("systemd-socket-activate-inetd-cat"),
    # socketserver's ForkingMixIn closes neither side's copy of the listening socket in the child
    # (CPython, Lib/socketserver.py, process_request), so that a worker keeps the port.
    _violates("python-forkingtcpserver", "clean_restart", faults=" ".join(SOME)),
    # These serve every client in a thread, a goroutine or a callback, and half-close correctly.
    _conforms("python-threadingtcpserver"),
    _conforms("asyncio-streams"),
    _conforms("asyncio-protocol"),
    _conforms("trio"),
    _conforms("tornado-tcpserver"),
    _conforms("gevent-streamserver"),
    _conforms("node-pipe"),
    _conforms("go-io-copy", *SOME),
    _conforms("rust-io-copy"),
    _conforms("java-a-thread-a-connection", *SOME),
    _conforms("perl-fork", *SOME),
    _conforms("tcl-fcopy", *SOME),
    _conforms("c-fork"),
    _conforms("c-epoll"),
    # Twisted reports a half-close as a lost connection (ITransport), and drops what it still had to
    # write: bytes that are followed at once by FIN come back in part or not at all. What write() is
    # given goes into a buffer, and only a registered producer is told to pause when that is full
    # (abstract.FileDescriptor); Echo registers none, so it takes whatever a client sends.
    _violates(
        "twisted-wire-echo",
        "clean_eof backpressure",
        "exact_echo isolation",
        faults="control eof_races",
        examples=8,
    ),
    # An 'error' event without a listener is thrown (Node's documentation of events), and ends the
    # process at the first connection that is reset.
    _violates(
        "node-pipe-as-in-tutorials",
        "listener_survives",
        "isolation",
        faults="disconnect_burst",
        examples=8,
        stops_early=True,
    ),
)

BY_IDENTIFIER = {one.identifier: one for one in IMPLEMENTATIONS}

LIKE_ANOTHER = {
    "socat-exec-cat-nofork",
    "socat-system-cat",
    "tcpsvd",
    "asyncio-protocol",
    "tornado-tcpserver",
    "gevent-streamserver",
    "go-io-copy",
    "node-pipe",
    "tcpserver",
    "python-forkingtcpserver",
    "java-a-thread-a-connection",
    "inetutils-inetd-cat",
    "systemd-socket-activate-inetd-cat",
    "trio",
    "asyncio-streams",
    "c-epoll",
    "c-fork",
    "perl-fork",
    "python-threadingtcpserver",
    "rust-io-copy",
    "tcl-fcopy",
    "twisted-wire-echo",
}
"""What another server of the same model shows as well."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "expected",
    parameters(EXPECTED, lambda one: one.identifier, lambda one: one.identifier in LIKE_ANOTHER),
)
def test_what_is_found_in_a_server_of_others(expected: Expectation, tmp_path: Path) -> None:
    implementation = BY_IDENTIFIER[expected.identifier]
    if reason := missing(implementation):
        pytest.skip(reason)
    status, violated, output = _check(implementation, expected, tmp_path)
    assert violated >= expected.violated, output
    assert violated <= expected.violated | expected.allowed, output
    assert status == (VIOLATES if violated else CONFORMS), output


# Over pipes one process has to read and write both ways, and socat writes blockingly: when the
# client reads late, both pipes and both socket buffers fill, and in about half of the runs all of
# them wait for good: of four clients one in nearly each run, and a case of unknown rate
# is run 17 times before it is called fixed.
@pytest.mark.slow
@pytest.mark.parametrize("identifier", OVER_PIPES)
def test_an_echo_over_pipes_deadlocks_when_its_client_reads_late(
    identifier: str, tmp_path: Path
) -> None:
    implementation = BY_IDENTIFIER[identifier]
    if reason := missing(implementation):
        pytest.skip(reason)
    words = build(implementation)
    case = Case(SERVER, exact_echo.INVARIANT, "control", LATE_READERS, "", words)
    done = finished(["replay", str(write_case(case, tmp_path))], tmp_path)
    assert done.returncode == VIOLATES, done.stdout
    assert "STILL FAILS" in done.stdout
    assert "nothing in the server can change any more" in " ".join(done.stdout.split())


def test_every_server_of_the_catalogue_has_an_expectation() -> None:
    # inetd's own echo is fixed to port 7, which only one test at a time could have.
    without = {"inetutils-inetd-internal-echo", *OVER_PIPES}
    assert {one.identifier for one in EXPECTED} == BY_IDENTIFIER.keys() - without


def _check(
    implementation: Implementation, expected: Expectation, folder: Path
) -> tuple[int, set[str], str]:
    command = build(implementation)
    result = folder / "result.json"
    arguments = ["check", "--seed", "1", "--json", str(result), *implementation.options]
    # What is said of a server does not depend on how strong the requirement is.
    arguments += ["--level", "may"]
    arguments += ["--no-sweep", "--max-examples", str(expected.examples)]
    for fault in expected.faults or OUTSIDE:
        arguments += ["--fault", fault]
    if expected.stops_early:
        arguments.append("--fail-fast")
    done = finished([*arguments, "--", *command], folder)
    checks: list[dict[str, Any]] = []
    if result.exists():
        checks = json.loads(result.read_text())["checks"]
    violated = {check["invariant"] for check in checks if check["verdict"] == "fail"}
    return done.returncode, violated, done.stdout
