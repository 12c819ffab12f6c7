"""A server that has just been started: whether it serves yet."""

from dataclasses import replace

from properties.model.history import History
from properties.model.settings import Rules
from properties.server.clients.served import await_ready, serves
from properties.server.follow_ups.events import Restarted
from properties.server.follow_ups.restart import restart
from properties.services.table import table_of
from target.command import Command
from target.surroundings import Surroundings
from tests.properties.server_runs import PATIENCE, script, serving

TABLE = table_of({"exchange": [{"send": "PING\n", "expect": "PONG\n"}]}, "a table")
RULES = Rules(patience=PATIENCE, service=TABLE)


def late(times: int, start_timeout: float | None = None) -> Command:
    """Return the command of a server that refuses so many clients at first."""
    command = script("starts_late.py", str(times))
    return replace(command, surroundings=Surroundings(start_timeout=start_timeout))


def test_a_server_that_says_that_it_does_not_serve_yet_is_waited_for() -> None:
    with serving(late(3)) as server:
        await_ready(server, RULES)
        assert serves(server, RULES, History())
        assert server.handle is not None
        assert not server.handle.pace.never_ready


def test_one_that_goes_on_to_refuse_is_waited_for_once() -> None:
    with serving(late(1000000, start_timeout=0.1)) as server:
        await_ready(server, RULES)
        assert server.handle is not None
        assert server.handle.pace.never_ready


def test_an_echo_server_has_to_serve_its_first_client() -> None:
    with serving(late(1)) as server:
        await_ready(server, Rules(patience=PATIENCE))
        assert not serves(server, RULES, History())


def test_after_a_restart_it_is_waited_for_as_well() -> None:
    history = History()
    with serving(late(3)) as server:
        await_ready(server, RULES)
        restart(server, RULES, history)
    assert next(history.of(Restarted)).succeeded
