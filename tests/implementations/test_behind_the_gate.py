"""Real servers in other languages and with other models, behind the gate: what comes to them.

docs/errors.md shows more of them, and all errors.
"""

from pathlib import Path

import pytest

from faults.fault import Fault, Status
from faults.payloads import Content, Payload
from faults.server.accept_errors import AcceptErrno, AcceptError
from faults.server.fork_errors import ForkErrno, ForkError
from faults.server.held_calls import HeldCall, Meanwhile, Place
from faults.server.scarce_descriptors import ScarceDescriptors
from faults.server.short_counts import ShortCall, ShortCount
from faults.server_context import ServerContext
from target.command import Command
from tests.faults.contexts import around
from tests.implementations.catalogue import IMPLEMENTATIONS, build, missing
from tests.properties.server_runs import only_injected, run, violated

BY_IDENTIFIER = {one.identifier: one for one in IMPLEMENTATIONS}
BYTES = Payload(Content.RANDOM, 1000)

TRANSPARENT: tuple[Fault[ServerContext], ...] = (
    AcceptError((2, 3), AcceptErrno.ECONNABORTED, 1),
    ShortCount(1, ShortCall.READ, 3, 5, BYTES),
    ShortCount(1, ShortCall.WRITE, 3, 5, BYTES),
    HeldCall(2, 3, Place.WRITE, Meanwhile.SEND),
)
"""What no client of a correct server notices."""

RUNTIMES = (
    "go-io-copy",
    "rust-io-copy",
    "node-pipe",
    "java-a-thread-a-connection",
    "python-threadingtcpserver",
    "asyncio-streams",
    "c-epoll",
)


def command_of(identifier: str) -> Command:
    """Return the command of a real server; skips the test where it is missing."""
    implementation = BY_IDENTIFIER[identifier]
    if reason := missing(implementation):
        pytest.skip(reason)
    return Command(build(implementation))


# Go's io.Copy moves the bytes within the kernel, by splice(2): there is no read and no write.
@pytest.mark.slow
@pytest.mark.parametrize("identifier", RUNTIMES)
def test_a_runtime_runs_behind_the_gate_and_does_not_notice(
    identifier: str, tmp_path: Path
) -> None:
    command = command_of(identifier)
    for fault in TRANSPARENT:
        history = run(around(fault, 1), command)
        event = only_injected(history)
        by_splice = identifier == "go-io-copy" and isinstance(fault, ShortCount | HeldCall)
        expected = Status.IMPOSSIBLE if by_splice else Status.FIRED
        assert event.status is expected, (str(fault), event.detail)
        assert violated(history) == [], str(fault)


# socat takes every error of accept() but ECONNABORTED and EINTR for the end (xio-listen.c), and so
# it does when fork() fails (xio_fork in xio-socket.c).
@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        AcceptError((2,), AcceptErrno.EPROTO, 1),
        AcceptError((2,), AcceptErrno.EMFILE, 1),
        ForkError((2,), ForkErrno.EAGAIN),
        ScarceDescriptors((2,), 0),
    ],
    ids=str,
)
def test_socat_ends_at_errors_that_pass(fault: Fault[ServerContext], tmp_path: Path) -> None:
    history = run(around(fault, 1), command_of("socat-exec-cat"))
    assert only_injected(history).status is Status.FIRED
    assert violated(history) == ["listener_survives"]


# The selector of socketserver says at once that a client waits, accept() fails, and the loop goes
# round without a pause (BaseServer._handle_request_noblock returns on OSError).
@pytest.mark.slow
@pytest.mark.parametrize(
    "identifier", ["python-forkingtcpserver", "python-threadingtcpserver", "c-epoll"]
)
def test_a_level_triggered_loop_without_a_pause_spins_while_descriptors_are_scarce(
    identifier: str, tmp_path: Path
) -> None:
    fault = ScarceDescriptors((2, 3), 0)
    history = run(around(fault, 1), command_of(identifier))
    assert only_injected(history).status is Status.FIRED
    assert violated(history) == ["no_spin"]
