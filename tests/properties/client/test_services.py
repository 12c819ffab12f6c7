"""Clients of services besides echo: the server that we play answers them, and what is judged."""

import sys

import pytest

from faults.client.peer_fin import FinManner, PeerFin
from faults.client.peer_reset import PeerReset, ResetManner
from faults.payloads import Content, Payload
from properties.client.events import Altered, Answered, Taken
from properties.client.execute import execute
from properties.client.invariants.registry import CLIENT_INVARIANTS
from properties.client.steps import Answer, Type
from properties.model.history import History
from properties.model.oracle import Service
from properties.model.settings import Rules
from properties.model.steps import Inject, Step
from properties.model.target_spec import RoleName
from properties.model.verdict import Outcome, judge
from properties.services.played import played
from properties.services.registry import saved_service, service_called
from properties.services.table import ServiceError, table_of
from target.command import REFERENCE_CLIENT, Command
from tests.properties.server_runs import HOST, PATIENCE

PING = {"send": "PING\r\n", "expect": "+PONG\r\n"}
LONG = {"send": "LIST\r\n", "expect": "1\r\n2\r\n3\r\nend\r\n"}
QUIT = {"send": "QUIT\r\n", "expect": "+OK\r\n", "closes": True}
TABLE = played(table_of({"greeting": "+HI\r\n", "exchange": [PING, LONG, QUIT]}, "ping.toml"))

A_LINE = Payload(Content.LINES, 24)
HALF_A_LINE = Payload(Content.DIGITS, 30)
SOME = Payload(Content.LINES, 500)

RELAY = """
import os, select, socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
way, reading = sys.argv[3], [0, s.fileno()]
try:
    while s.fileno() in reading:
        for ready in select.select(reading, [], [])[0]:
            data = os.read(ready, 65536)
            if ready == 0 and data:
                s.sendall(data.upper())
            elif ready == 0:
                reading.remove(0)
                s.shutdown(socket.SHUT_WR)
            elif data:
                os.write(1, b"> " + data)
            else:
                reading.remove(ready)
except OSError as error:
    sys.exit(0 if way == "always_zero" else str(error))
"""
"""A client with words of its own: it sends another thing than is typed, and prints another."""


def run(service: Service, *steps: Step, command: Command = REFERENCE_CLIENT) -> History:
    """Run a client of this service."""
    return execute(steps, command, HOST, Rules(patience=PATIENCE, service=service))


def blamed(history: History) -> dict[str, str]:
    """Return what is neither passed nor without meaning, with the reason."""
    verdicts = {one.id: judge(one, history) for one in CLIENT_INVARIANTS}
    good = (Outcome.PASS, Outcome.NOT_APPLICABLE)
    return {name: v.reason for name, v in verdicts.items() if v.outcome not in good}


def called(name: str) -> Service:
    return service_called(name, RoleName.CLIENT)


def relay(way: str = "") -> Command:
    return Command((sys.executable, "-I", "-S", "-c", RELAY, "{host}", "{port}", way))


@pytest.mark.parametrize("service", [called("echo"), called("lines"), TABLE])
def test_the_reference_client_conforms_with_each_service(service: Service) -> None:
    history = run(service, Type(A_LINE), Answer(), Type(SOME), Answer(7), Type(HALF_A_LINE))
    assert blamed(history) == {}


def test_requests_of_the_table_are_typed_and_its_answers_sent() -> None:
    history = run(TABLE, Type(A_LINE), Answer())
    assert next(history.of(Taken)).total == len("PING\r\n")
    answered = sum(one.count for one in history.of(Answered))
    assert answered == len("+HI\r\n" + 2 * "+PONG\r\n")


def test_half_a_line_is_not_owed_before_the_input_has_ended() -> None:
    history = run(called("lines"), Type(HALF_A_LINE), Answer())
    sent = sum(one.count for one in history.of(Answered))
    assert sent == 30 + 24
    assert blamed(history) == {}


def test_a_client_that_changes_an_answer_is_found() -> None:
    history = run(TABLE, Type(A_LINE), Answer(), command=relay())
    assert any(history.of(Altered))
    assert "exact_output" in blamed(history)


RESET = Inject(PeerReset(ResetManner.ALONE, frozen=False))
FIN = Inject(PeerFin(FinManner.CLOSE, frozen=False))


@pytest.mark.parametrize("fault", [None, RESET, FIN])
def test_a_client_with_words_of_its_own_is_not_accused_where_nothing_is_known(
    fault: Inject | None,
) -> None:
    steps: tuple[Step, ...] = (Type(A_LINE), Answer())
    history = run(called("none"), *steps, *([fault] if fault else []), command=relay())
    assert blamed(history) == {}


def test_a_client_that_hides_a_reset_is_found_where_nothing_is_known() -> None:
    history = run(called("none"), Type(A_LINE), Answer(), RESET, command=relay("always_zero"))
    assert "exit_status" in blamed(history)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"exchange": [QUIT]}, "answered with exact bytes"),
        ({"exchange": [{"send": "x", "matches": "y"}]}, "answered with exact bytes"),
        ({"greeting": "220 ", "exchange": [PING]}, "greeted with exact bytes"),
    ],
)
def test_a_table_that_cannot_be_played_is_one_sentence(table: object, words: str) -> None:
    with pytest.raises(ServiceError, match=words):
        played(table_of(table, "a table"))


def test_a_case_of_a_client_is_played_again() -> None:
    again = saved_service("ping.toml", TABLE.data, RoleName.CLIENT)
    assert again == TABLE
    assert type(saved_service("none", None, RoleName.CLIENT)) is type(called("none"))
