"""In the way of the client's connect: no listener, a full queue, a reset in the queue."""

import sys

import pytest

from faults.client.connecting import HinderConnect, Hindrance
from faults.fault import Status
from faults.payloads import A_LINE
from properties.client.events import Accepted, Altered, Exited, Named, Printed, Refused, Started
from properties.client.launch import SHARED
from properties.client.steps import Accept, Answer, Type
from properties.model.events import Injected
from target import chamber
from target.command import REFERENCE_CLIENT, Command
from tests.chambers import in_a_chamber
from tests.faults.client_runs import became_of, history_of

needs_namespaces = pytest.mark.skipif(bool(chamber.why_not()), reason=chamber.why_not())


def python(program: str) -> Command:
    return Command((sys.executable, "-c", program, "{host}", "{port}"))


def test_a_connection_is_refused() -> None:
    made = history_of(HinderConnect(Hindrance.REFUSED))
    assert next(made.of(Refused)).waiting == 0
    assert not any(made.of(Accepted))
    assert next(made.of(Exited)).status == 1


def test_a_connection_is_reset_where_it_waits_to_be_accepted() -> None:
    made = history_of(HinderConnect(Hindrance.RESET_PENDING))
    assert next(made.of(Refused)).waiting == 1
    assert not any(made.of(Accepted))


def test_a_full_queue_makes_the_client_send_its_syn_again() -> None:
    made = history_of(HinderConnect(Hindrance.SLOW))
    # The first retransmission comes after a second (RFC 6298, 2.1).
    assert next(made.of(Accepted)).at - next(made.of(Started)).at >= 0.9
    assert next(made.of(Exited)).status == 0


def test_it_comes_too_late_for_a_client_that_is_connected() -> None:
    status, words = became_of(Accept(), HinderConnect(Hindrance.REFUSED))
    assert status is Status.MISSED
    assert "comes first" in words


FIRST_ONLY = """
import socket, sys
connected = socket.socket()
connected.connect((sys.argv[1], int(sys.argv[2])))
"""
"""Python's connect() takes the first address of a name, and no other."""


@pytest.mark.parametrize("hindrance", [Hindrance.FIRST_ADDRESS_DEAD, Hindrance.LAST_ADDRESS_DEAD])
@in_a_chamber
def test_the_next_address_of_a_name_is_tried_after_one_that_refuses(hindrance: Hindrance) -> None:
    made = history_of(HinderConnect(hindrance), Type(A_LINE), Answer())
    assert next(made.of(Injected)).status is Status.FIRED
    assert next(made.of(Named)).dead == "127.0.0.1"
    assert next(made.of(Accepted)).address.startswith("127.0.0.")
    assert next(made.of(Printed)).total == A_LINE.length
    assert next(made.of(Exited)).status == 0


def test_where_others_may_connect_it_has_no_such_moment() -> None:
    status, words = became_of(HinderConnect(Hindrance.FIRST_ADDRESS_DEAD))
    assert (status, words) == (Status.IMPOSSIBLE, SHARED)


@in_a_chamber
def test_a_client_that_tries_one_address_does_not_come_to_the_server() -> None:
    made = history_of(HinderConnect(Hindrance.FIRST_ADDRESS_DEAD), command=python(FIRST_ONLY))
    assert next(made.of(Injected)).status is Status.FIRED
    assert not any(made.of(Accepted))
    assert next(made.of(Exited)).status == 1


def test_a_client_whose_command_has_no_host_is_given_no_name() -> None:
    command = Command((*REFERENCE_CLIENT.words[:-2], "127.0.0.1", "{port}"))
    status, words = became_of(HinderConnect(Hindrance.FIRST_ADDRESS_DEAD), command=command)
    assert status is Status.IMPOSSIBLE
    assert words == "its command has no {host} where a name could stand"


@in_a_chamber
def test_a_resolver_that_gives_the_server_first_has_no_such_moment() -> None:
    by_file = FIRST_ONLY.replace("sys.argv[1]", "socket.gethostbyname_ex(sys.argv[1])[2][0]")
    last = HinderConnect(Hindrance.LAST_ADDRESS_DEAD)
    status, words = became_of(last, command=python(by_file))
    assert (status, words) == (
        Status.IMPOSSIBLE,
        "the address that it tries first is the server's",
    )


RETRIES = """
import socket, sys, time
for _ in range(200):
    try:
        connected = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    except ConnectionRefusedError:
        time.sleep(0.01)
    else:
        break
if CHECKS and connected.getsockname() == connected.getpeername():
    sys.exit("it was connected to itself")
connected.sendall(sys.stdin.buffer.read())
connected.shutdown(socket.SHUT_WR)
print(connected.recv(4096).decode(), end="")
"""


@needs_namespaces
@pytest.mark.parametrize("checks", [False, True])
def test_a_client_that_tries_again_connects_to_itself(checks: bool) -> None:
    program = RETRIES.replace("CHECKS", str(checks))
    made = history_of(HinderConnect(Hindrance.SELF_CONNECT), command=python(program))
    assert next(made.of(Injected)).detail == "the client was connected to itself"
    assert [event.total for event in made.of(Printed)] == ([] if checks else [A_LINE.length])
    assert next(made.of(Exited)).status == int(checks)
    assert not any(made.of(Altered))


@needs_namespaces
def test_a_client_that_tries_once_is_not_connected_to_itself() -> None:
    status, words = became_of(HinderConnect(Hindrance.SELF_CONNECT))
    assert (status, words) == (Status.IMPOSSIBLE, "it does not try again after a refusal")
