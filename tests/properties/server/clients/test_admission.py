"""Clients that connect one by one: when the server has done what it does for a new one."""

import socket
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.rules import Hold, Rule
from properties.server.clients.admission import SerialAdmission
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.instance import ServerInstance
from tests.properties.server_runs import serving, wait_until


class OneLook:
    """Asks once what is waited for."""

    def __init__(self) -> None:
        self.answers: list[bool] = []

    def await_handshakes(self) -> None:
        """Have all of them."""

    def wait(self, condition: Callable[[], bool]) -> None:
        """Note the answer."""
        self.answers.append(condition())


def test_a_client_is_not_waited_for_that_a_held_call_keeps_from_being_accepted() -> None:
    with serving(kinds=frozenset({Kind.ACCEPT})) as server:
        handle, gate, look = server.handle, server.gate, OneLook()
        assert handle is not None
        assert gate is not None
        address = (server.endpoint.host, server.endpoint.port)
        admission = SerialAdmission(server, cast("ClientIoLoop", look))
        armed = gate.arm(Rule(Kind.ACCEPT, lambda _: True, Hold()))
        with socket.create_connection(address):
            # The accept that waited already takes it; the next one is held.
            wait_until(lambda: gate.is_held(armed))
            with socket.create_connection(address):
                wait_until(handle.clients_wait)
                admission.after()
                gate.disarm(armed)
                wait_until(lambda: not handle.clients_wait())
    assert look.answers == [True]


@pytest.mark.parametrize(
    ("kind", "one_by_one"),
    [
        (Kind.ACCEPT, True),
        (Kind.FORK, True),
        (Kind.SOCKET_NAME, True),
        (Kind.SOCKET_OPTION, True),
        (Kind.NEW_DESCRIPTOR, True),
        (Kind.READ, False),
        (Kind.WAIT, False),
    ],
)
def test_clients_come_one_by_one_where_a_call_stops_that_no_signal_may_end(
    kind: Kind, *, one_by_one: bool
) -> None:
    server = cast("ServerInstance", SimpleNamespace(gate=Gate(frozenset({kind}))))
    assert SerialAdmission(server, cast("ClientIoLoop", OneLook())).applies is one_by_one
