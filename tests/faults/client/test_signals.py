"""A signal while the client is blocked: in connect, in a read, in a write, waiting for input."""

import sys

import pytest

from faults.client.signals import ClientCall, ClientSignal, SignalClient
from faults.fault import Status
from properties.client.events import Exited, Interrupted, Refused
from properties.client.steps import Accept, Terminal
from properties.model.events import Marked
from target.command import Command
from tests.faults.client_runs import became_of, history_of

CAUGHT = ClientSignal.CAUGHT
CATCHES_NOTHING = Command(
    (
        sys.executable,
        "-I",
        "-S",
        "-c",
        "import socket, sys; s = socket.create_connection(sys.argv[1:]); sys.stdin.read()",
        "{host}",
        "{port}",
    )
)


@pytest.mark.parametrize("call", [ClientCall.INPUT, ClientCall.READ, ClientCall.WRITE])
def test_a_client_that_is_prepared_goes_on(call: ClientCall) -> None:
    made = history_of(SignalClient(call, CAUGHT, 2))
    assert [event.what for event in made.of(Marked)] == ["SIGWINCH", "SIGWINCH"]
    assert next(made.of(Exited)).status == 0


def test_a_client_whose_output_nobody_reads_is_blocked_in_it() -> None:
    status, words = became_of(SignalClient(ClientCall.OUTPUT, CAUGHT, 1))
    assert status is Status.FIRED
    assert "in write" in words


def test_connect_is_interrupted_and_the_connection_made_all_the_same() -> None:
    made = history_of(SignalClient(ClientCall.CONNECT, CAUGHT, 1))
    assert any(made.of(Interrupted))
    assert next(made.of(Exited)).status == 0


def test_a_connection_may_be_refused_after_it() -> None:
    made = history_of(SignalClient(ClientCall.REFUSED, CAUGHT, 1))
    assert any(made.of(Interrupted))
    assert next(made.of(Refused)).waiting == 0
    assert next(made.of(Exited)).status == 1


def test_it_comes_too_late_for_a_client_that_is_connected() -> None:
    status, words = became_of(Accept(), SignalClient(ClientCall.CONNECT, CAUGHT, 1))
    assert status is Status.MISSED
    assert "comes first" in words


def test_a_client_that_catches_nothing_is_sent_no_caught_signal() -> None:
    fault = SignalClient(ClientCall.INPUT, CAUGHT, 1)
    status, words = became_of(Accept(), fault, command=CATCHES_NOTHING)
    assert status is Status.IMPOSSIBLE
    assert "no such signal is caught" in words


@pytest.mark.parametrize("call", [ClientCall.WRITE, ClientCall.OUTPUT])
def test_a_terminal_is_not_typed_megabytes_into(call: ClientCall) -> None:
    status, words = became_of(Terminal(), SignalClient(call, CAUGHT, 1))
    assert status is Status.MISSED
    assert words.startswith("a terminal keeps no line")
