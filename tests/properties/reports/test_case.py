"""A saved case is shown with all that its failure report had."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from properties.cases.case import Case, write_case
from properties.cli.main import main
from properties.model.events import Event
from properties.model.verdict import FollowUp
from properties.reports.case import lines
from properties.reports.layout import WIDTH
from properties.reports.terminal import Terminal
from properties.server.invariants import clean_restart
from properties.server.invariants.no_zombies import INVARIANT
from properties.server.role import SERVER
from properties.server.steps import Close, Open
from tests.properties.reports.segments import case_with, handshake, opened
from tests.properties.server.histories import after_all, connection, history, injected, server_found

CASE = Case(
    SERVER,
    INVARIANT,
    "disconnect_burst",
    (Open(1), Open(2), Close(1)),
    "1 zombie (4712)",
    ("./mine", "{port}"),
    history=tuple(history(server_found(), connection(1), injected(1), after_all()).events),
    failed=3,
    times=4,
)


def shown(case: Case, encoding: str = "utf-8") -> list[str]:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    return list(lines(case, "case.json", Terminal(stream, is_terminal=False)))


def test_everything_that_was_kept_is_shown_in_the_order_of_a_failure() -> None:
    made = shown(CASE)
    assert made[:8] == [
        "disconnect_burst x no_zombies    ./mine {port}    UNP 5.9",
        "  every child that has terminated MUST be reaped, also when several end at once",
        "  workload (2 steps; failed 3 of 4)",
        "    1  open c1 and c2",
        "    2  close c1",
        "       then every client that is still connected ends: half-close, EOF, close",
        "  fault     fired: as asked for",
        "  actual    1 zombie (4712)",
    ]
    assert made[8] == "  timeline"
    assert made[-1] == "  replay    anechoic replay case.json"


def test_what_followed_the_workload_is_said_too() -> None:
    made = shown(replace(CASE, invariant=clean_restart.INVARIANT))
    assert f"       then {FollowUp.RESTART.value}" in made


def test_a_requirement_that_is_weaker_than_a_must_is_shown_with_its_level_and_its_source() -> None:
    made = shown(replace(CASE, invariant=clean_restart.INVARIANT))
    assert made[2].startswith("  level     SHOULD (UNP 7.5, socket(7) SO_REUSEADDR): ")
    assert not any(line.startswith("  level") for line in shown(CASE))


def test_a_case_of_an_address_names_it() -> None:
    assert "127.0.0.1:7" in shown(replace(CASE, words=None, port=7))[0]


def test_a_case_that_was_not_measured_has_no_rate() -> None:
    assert shown(replace(CASE, failed=0, times=0))[2] == "  workload (2 steps)"


def test_a_case_without_its_history_says_so() -> None:
    assert shown(replace(CASE, history=()))[8].startswith("  timeline  the case holds no history")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_what_is_shown_can_be_written_and_fits(encoding: str) -> None:
    for line in shown(replace(CASE, words=("x" * 200, "{port}")), encoding):
        assert len(line.encode(encoding).decode(encoding)) <= WIDTH


def test_events_without_a_workload_are_shown_too() -> None:
    events: tuple[Event, ...] = CASE.history
    assert shown(replace(CASE, workload=(), history=events))[2].startswith("  workload (0 steps")


def test_each_segment_is_shown_where_that_is_asked_for(tmp_path: Path) -> None:
    case = case_with([*handshake(), opened()])
    terminal, figure = Terminal.nowhere(), tmp_path / "wire.svg"
    without, with_all = (
        "\n".join(lines(case, "case.json", terminal, segments=segments))
        for segments in (False, True)
    )
    assert "SYN K, ACK J+1" not in without
    assert "SYN K, ACK J+1" in with_all
    assert main(["show", "--segments", "--svg", str(figure), str(write_case(case, tmp_path))]) == 0
    assert "SYN K, ACK J+1" in figure.read_text()
