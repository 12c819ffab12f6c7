"""A server that has just been started: whether it serves yet."""

import pytest

from properties.model.history import History
from properties.model.settings import Rules
from properties.server.clients import served
from properties.server.clients.served import REFUSED, await_ready, serves
from properties.server.connection_records import connection_records
from properties.server.follow_ups.events import Restarted
from properties.server.follow_ups.restart import restart
from properties.server.instance import ServerInstance
from properties.services.table import table_of
from target.command import Command
from tests.properties.server_runs import PATIENCE, script, serving

TABLE = table_of({"exchange": [{"send": "PING\n", "matches": "[+]PONG\n"}]}, "a table")
RULES = Rules(patience=PATIENCE, service=TABLE)


def late(times: int) -> Command:
    """Return the command of a server that refuses so many clients at first."""
    return script("starts_late.py", str(times))


def answers(server: ServerInstance) -> bool:
    """Return whether a client gets the answer, and no other words."""
    history = History()
    serves(server, RULES, history)
    record = connection_records(history)[1]
    return record.received >= record.owed > 0


def test_a_server_that_says_that_it_does_not_serve_yet_is_waited_for() -> None:
    with serving(late(3)) as server:
        assert await_ready(server, RULES) == REFUSED
        assert answers(server)
        assert await_ready(server, RULES) == ""


def test_one_that_has_never_served_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "START_PATIENCE", 0.1)
    with serving(late(1000000)) as server:
        assert await_ready(server, RULES) == REFUSED
        assert await_ready(server, RULES) == ""
        assert not answers(server)


def test_one_that_has_served_once_is_waited_for_at_each_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(served, "START_PATIENCE", 0.1)
    with serving(late(1000000)) as server:
        assert server.handle is not None
        server.handle.pace.ready = True
        assert [await_ready(server, RULES) for _ in range(2)] == [REFUSED, REFUSED]


def test_other_bytes_than_the_answer_are_no_words_of_its_own() -> None:
    exact = table_of({"exchange": [{"send": "PING\n", "expect": "+PONG\n"}]}, "a table")
    with serving(late(1)) as server:
        assert await_ready(server, Rules(patience=PATIENCE, service=exact)) == ""


def test_an_echo_server_has_to_serve_its_first_client() -> None:
    with serving(late(1)) as server:
        assert await_ready(server, Rules(patience=PATIENCE)) == ""
        assert not answers(server)


def test_after_a_restart_it_is_waited_for_as_well() -> None:
    history = History()
    with serving(late(3)) as server:
        await_ready(server, RULES)
        restart(server, RULES, history)
    assert next(history.of(Restarted)).succeeded
