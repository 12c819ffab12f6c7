"""Starting a server: how long it may take, and one that does not start at a gate."""

import sys
from collections.abc import Callable

import pytest

from faults.gate.calls import Kind
from faults.gate.kernel import unavailable
from properties.model.learnt import Starts
from properties.server import instance
from properties.server.instance import ServerInstance
from target.command import Command
from target.errors import TargetError
from target.inherited import Inherited
from target.sockets import Endpoint
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


USUAL = Command(("server",))


def refuses(what: Inherited, tried: list[Command]) -> Callable[[Command], ServerInstance]:
    """Return what starts a server unless it inherits this, and notes what it was to start."""

    def start(command: Command) -> ServerInstance:
        tried.append(command)
        if command.surroundings.inherited == what:
            raise TargetError("it never listened")
        return ServerInstance(Endpoint(HOST, 1))

    return start


def test_what_a_server_does_not_start_with_is_not_tried_again() -> None:
    tried: list[Command] = []
    closed, known = Inherited(closed=(0,)), Starts(longest=1.0)
    for _ in range(2):
        started = instance.start_with(closed, USUAL, refuses(closed, tried), known)
        assert started.why_started_as_usual == "it never listened"
        assert started.inherited != closed
    assert [one.surroundings.inherited == closed for one in tried] == [True, False, False]


@pytest.mark.parametrize(("usually", "longest"), [(0.01, instance.LEAST), (2.0, 20.0)])
def test_an_unusual_start_gets_a_multiple_of_the_usual_time(usually: float, longest: float) -> None:
    tried: list[Command] = []
    inherited, known = Inherited(closed=(0,)), Starts(longest=usually)
    started = instance.start_with(inherited, USUAL, refuses(Inherited(), tried), known)
    assert started.inherited == inherited
    assert tried[0].surroundings.start_timeout == longest


def test_how_long_a_start_usually_takes_is_seen_before_an_unusual_one() -> None:
    tried: list[Command] = []
    known = Starts()
    instance.start_with(
        Inherited(closed=(0,)), USUAL, refuses(Inherited(closed=(1,)), tried), known
    )
    assert [one.surroundings.inherited.closed for one in tried] == [(), (0,)]
    assert known.longest > 0
