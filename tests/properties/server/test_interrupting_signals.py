"""A server whose handlers interrupt can be held at the gate, unless something sends the signal."""

import signal
import sys

import pytest

from faults.fault import Status
from faults.server.held_calls import HeldCall, Meanwhile, Place
from properties.model.events import Injected
from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.server.harness import ServerHarness
from target.command import Command
from tests.faults.contexts import around
from tests.properties.server_runs import HOST, PATIENCE

SERVER = (
    "import signal, socketserver, sys\n"
    "class Echo(socketserver.BaseRequestHandler):\n"
    "    def handle(self):\n"
    "        while data := self.request.recv(4096):\n"
    "            self.request.sendall(data)\n"
    "socketserver.ThreadingTCPServer.allow_reuse_address = True\n"
    "server = socketserver.ThreadingTCPServer(('127.0.0.1', int(sys.argv[1])), Echo)\n"
    "signal.signal({number}, lambda *_: None)\n"
    "{line}\n"
    "server.serve_forever(None)\n"
)
HELD = HeldCall(2, 3, Place.READ, Meanwhile.SEND)


def held_call_of(number: int, line: str) -> Injected:
    """Return what becomes of a held read in a server that catches a signal and runs a line."""
    program = SERVER.format(number=number, line=line)
    command = Command((sys.executable, "-c", program, "{port}"))
    harness = ServerHarness(Target(HOST, command), Rules(patience=PATIENCE))
    try:
        trial = harness.run_trial(around(HELD, 1))
    finally:
        harness.close()
    assert trial.is_healthy
    (event,) = trial.history.of(Injected)
    return event


@pytest.mark.parametrize(
    "number", [signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO, 40]
)
def test_a_handler_whose_signal_nothing_sends_does_not_hinder_a_fault(number: int) -> None:
    assert held_call_of(number, "pass").status is Status.FIRED


def test_a_timer_that_was_over_before_the_server_served_does_not_either() -> None:
    line = "signal.alarm(50); signal.alarm(0)"
    assert held_call_of(signal.SIGALRM, line).status is Status.FIRED


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (signal.SIGALRM, "signal.alarm(50)"),
        (signal.SIGVTALRM, "signal.setitimer(signal.ITIMER_VIRTUAL, 1000)"),
        (signal.SIGPROF, "signal.setitimer(signal.ITIMER_PROF, 1000)"),
        (signal.SIGIO, "import fcntl; fcntl.fcntl(server, fcntl.F_SETFL, 0x2000)"),
    ],
)
def test_what_sends_a_signal_that_interrupts_is_named_as_the_reason(
    number: signal.Signals, line: str
) -> None:
    event = held_call_of(number, line)
    assert event.status is Status.IMPOSSIBLE
    assert f"that send {number.name}, with a handler that was set without SA_RESTART" in (
        event.detail
    )
