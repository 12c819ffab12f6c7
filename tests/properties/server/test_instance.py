"""Starting a server: how long it may take, and one that does not start at a gate."""

import sys

import pytest

from faults.gate.calls import Kind
from faults.gate.kernel import unavailable
from properties.server import instance
from target.command import Command
from tests.properties.server_runs import HOST, reserved_port

LISTENS_LATE = """
import socket, sys, time
time.sleep(1.2)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
server.accept()
"""

ENDS_AT_A_GATE = """
import socket, sys
if "Seccomp:\\t2" in open("/proc/self/status").read():
    sys.exit("somebody else is told of my calls")
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
server.accept()
"""


def python(program: str) -> Command:
    return Command((sys.executable, "-c", program, "{port}"))


def test_how_long_a_start_takes_has_nothing_to_do_with_the_patience() -> None:
    with reserved_port() as reservation:
        started = instance.start(python(LISTENS_LATE), HOST, reservation, patience=0.1)
        started.stop()
    assert started.handle is not None


@pytest.mark.skipif(bool(unavailable()), reason="no gate can be made here")
def test_one_that_ends_at_a_gate_is_started_without_and_that_is_told() -> None:
    kinds = frozenset({Kind.ACCEPT})
    with reserved_port() as reservation:
        started = instance.start(python(ENDS_AT_A_GATE), HOST, reservation, 5.0, kinds)
        started.stop()
    assert started.gate is None
    assert started.why_no_gate == instance.ENDS_AT_A_GATE
