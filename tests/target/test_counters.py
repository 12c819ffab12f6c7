"""What the kernel counts of attempts to connect."""

import contextlib
import socket

from target import counters
from target.counters import Attempts
from tests.properties.server_runs import HOST, reserved_port


def test_an_attempt_that_is_refused_has_failed() -> None:
    before = counters.attempts()
    with reserved_port() as reservation, contextlib.suppress(ConnectionRefusedError):
        socket.create_connection((HOST, reservation.port))
    found = counters.attempts().since(before)
    # Others may connect in this network at the same time.
    assert found.made >= 1
    assert found.failed >= 1


def test_attempts_are_counted_from_an_earlier_look() -> None:
    assert Attempts(5, 2).since(Attempts(3, 2)) == Attempts(2, 0)
