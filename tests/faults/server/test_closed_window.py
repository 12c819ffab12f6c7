"""closed_window: a client that takes nothing is in nobody's way, and gets its bytes in the end."""

import sys

import pytest

from faults.fault import Status
from faults.payloads import A_LINE
from faults.server.closed_window import ClosedWindow, Window
from faults.wire.segments import Direction, Fate
from properties.model.events import Carried, Marked
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.model.target_spec import RoleName
from properties.server.steps import Receive, Send, Standstill
from properties.services.registry import service_called
from properties.services.table import table_of
from target.command import REFERENCE, Command
from tests.chambers import needs_a_chamber
from tests.faults.contexts import around, served
from tests.faults.wire_runs import over_wire
from tests.properties.server_runs import (
    SELECTORS,
    THREADED,
    compiled,
    in_doubt,
    mutant,
    only_injected,
    variant,
    violated,
)

pytestmark = needs_a_chamber


def beside(window: Window) -> Workload:
    watched = (Standstill(),) if window is Window.OPENS else ()
    others = (*watched, Send(1, A_LINE), Receive(1), Receive(2), *served(3))
    return (*around(ClosedWindow(2, window), 1), *others)


@pytest.mark.parametrize("command", [REFERENCE, THREADED, SELECTORS], ids=str)
@pytest.mark.parametrize("window", Window)
def test_a_correct_server_serves_both_clients(window: Window, command: Command) -> None:
    history = over_wire(beside(window), command)
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_while_it_is_closed_nothing_of_the_echo_passes() -> None:
    history = over_wire(beside(Window.UPDATE_LOST))
    assert only_injected(history).status is Status.FIRED, only_injected(history)
    (lost,) = [one for one in history.of(Carried) if one.fate is Fate.LOST]
    assert lost.direction is Direction.TO_TARGET
    assert lost.window > 0
    (closed,) = [one.at for one in history.of(Marked) if "is closed" in one.what]
    meanwhile = [one for one in history.of(Carried) if closed < one.at < lost.at]
    of_it = [one for one in meanwhile if one.port == lost.port]
    assert not [one for one in of_it if one.direction is Direction.FROM_TARGET and one.length]


def test_a_server_that_looks_again_and_again_is_right() -> None:
    # At the moment of a look it may be between two calls of write: then the fault is missed.
    made = [over_wire(beside(window), variant("sends_with_timeout")) for window in Window]
    assert Status.FIRED in [only_injected(history).status for history in made]
    assert [violated(history) for history in made] == [[], [], []]


@pytest.mark.parametrize(
    ("window", "command", "names"),
    [
        (Window.CRASH, compiled("stray_write_timed_out"), ["no_stray_workers"]),
        (Window.CRASH, mutant("spin_write_timed_out.py"), ["no_spin"]),
        (Window.OPENS, compiled("blocked_by_slow_reader"), ["prompt_service"]),
        (Window.OPENS, compiled("spin_write_again"), ["no_spin"]),
    ],
    ids=str,
)
def test_a_server_that_is_not_ready_for_it_is_found(
    window: Window, command: Command, names: list[str]
) -> None:
    assert set(names) <= set(violated(over_wire(beside(window), command)))


def asking(data: dict[str, object]) -> Rules:
    return Rules(service=table_of(data, "a table"))


def test_requests_with_long_answers_close_it() -> None:
    long = "PING " + "x" * 500 + "\n"
    history = over_wire(
        beside(Window.OPENS),
        SELECTORS,
        rules=asking({"exchange": [{"send": long, "expect": long}]}),
    )
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


@pytest.mark.parametrize(
    "rules",
    [
        asking({"exchange": [{"send": "QUIT\n", "expect": "QUIT\n"}], "pipelined": False}),
        asking({"exchange": [{"send": "QUIT\n", "expect": "QUIT\n", "closes": True}]}),
        asking({"exchange": [{"send": "PING\n", "expect": "PING\n"}]}),
    ],
    ids=["one request at a time", "one request", "short answers"],
)
def test_where_little_comes_back_it_cannot_close(rules: Rules) -> None:
    history = over_wire((Inject(ClosedWindow(1, Window.OPENS)),), SELECTORS, rules=rules)
    assert only_injected(history).status is Status.IMPOSSIBLE
    assert only_injected(history).detail == "what comes back does not fill its window"


DISCARDS = """
import socket, sys
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    connection, _ = listening.accept()
    while connection.recv(65536):
        pass
    connection.close()
"""


def test_where_nothing_comes_back_it_cannot_close() -> None:
    command = Command((sys.executable, "-c", DISCARDS, "{port}"))
    rules = Rules(service=service_called("discard", RoleName.SERVER))
    history = over_wire((Inject(ClosedWindow(1, Window.OPENS)),), command, rules=rules)
    assert only_injected(history).status is Status.IMPOSSIBLE
