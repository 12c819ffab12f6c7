"""A saved case is shown with all that its failure report had."""

import io
from dataclasses import replace

import pytest

from properties.cases import Case
from properties.events import Event
from properties.invariants import clean_restart
from properties.invariants.no_zombies import INVARIANT
from properties.reports import saved
from properties.reports.screen import WIDTH, Screen
from properties.steps import Close, Open
from properties.verdict import Sequel
from tests.properties.histories import after_all, connection, history, injected, server_found

CASE = Case(
    INVARIANT,
    "disconnect_burst",
    (Open(1), Open(2), Close(1)),
    "no zombie",
    "1 zombie (4712)",
    ("./mine", "{port}"),
    history=tuple(history(server_found(), connection(1), injected(1), after_all()).events),
    failed=3,
    times=4,
)


def shown(case: Case, encoding: str = "utf-8") -> list[str]:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    return list(saved.told(case, "case.json", Screen(stream, is_terminal=False)))


def test_everything_that_was_kept_is_shown_in_the_order_of_a_failure() -> None:
    lines = shown(CASE)
    assert lines[:9] == [
        "disconnect_burst x no_zombies    ./mine {port}    UNP 5.9",
        "  every child that has terminated is reaped, also when several end at once",
        "  workload (2 steps; failed 3 of 4)",
        "    1  open c1 and c2",
        "    2  close c1",
        "       then every client that is still connected ends: half-close, EOF, close",
        "  fault     fired: as asked for",
        "  expected  no zombie",
        "  actual    1 zombie (4712)",
    ]
    assert lines[9] == "  timeline"
    assert lines[-1] == "  replay    anechoic replay case.json"


def test_what_followed_the_workload_is_said_too() -> None:
    lines = shown(replace(CASE, invariant=clean_restart.INVARIANT))
    assert lines[6] == f"       then {Sequel.RESTART.value}"


def test_a_case_of_an_address_names_it() -> None:
    assert "127.0.0.1:7" in shown(replace(CASE, words=None, port=7))[0]


def test_a_case_that_was_not_measured_has_no_rate() -> None:
    assert shown(replace(CASE, failed=0, times=0))[2] == "  workload (2 steps)"


def test_a_case_without_its_history_says_so() -> None:
    assert shown(replace(CASE, history=()))[9].startswith("  timeline  the case holds no history")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_what_is_shown_can_be_written_and_fits(encoding: str) -> None:
    for line in shown(replace(CASE, words=("x" * 200, "{port}")), encoding):
        assert len(line.encode(encoding).decode(encoding)) <= WIDTH


def test_events_without_a_workload_are_shown_too() -> None:
    events: tuple[Event, ...] = CASE.history
    assert shown(replace(CASE, workload=(), history=events))[2].startswith("  workload (0 steps")
