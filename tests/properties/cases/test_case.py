"""Cases: what is kept of a violation can be read, edited, and read again."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from faults.fault import Reading
from faults.payloads import Content, Payload
from faults.server.disconnect_burst import DisconnectBurst, Manner
from properties.cases import codec
from properties.cases.case import (
    Case,
    CaseError,
    case_as_data,
    case_from_data,
    read_case,
    write_case,
)
from properties.cases.records import was_made_here
from properties.model.events import Conclusion, Event
from properties.model.role import Role
from properties.model.settings import Limits
from properties.model.steps import Inject, Workload
from properties.model.target_spec import RoleName
from properties.roles import ROLES, Roles
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.events import LostWithoutFaults, Opened, Silenced, Stalled
from properties.server.families import MIXED
from properties.server.invariants.no_zombies import INVARIANT
from properties.server.role import SERVER
from properties.server.steps import Open, Send, Silence
from properties.services.user_files import MOST_BYTES
from target.surroundings import Input, Surroundings

WORKLOAD: Workload = (
    Open(1),
    Open(2, Reading.LATE),
    Send(1, Payload(Content.LINES, 10), 3),
    Silence(),
    Inject(DisconnectBurst((1, 2), Manner.FIN, frozen=True)),
)
HISTORY = (
    Opened(0.25, FIRST_EXCHANGE, "127.0.0.1:1"),
    Silenced(0.3, (1, 2), 0.25, ("poll with a timeout of 0.2 s",), Conclusion.MET),
    Stalled(0.5, 1, "echo", 3, Conclusion.SETTLED, (2,), None, 0, "it sleeps"),
    LostWithoutFaults(0.6, FIRST_EXCHANGE),
)
CASE = Case(
    SERVER,
    INVARIANT,
    "disconnect_burst",
    WORKLOAD,
    "one",
    ("x", "{port}"),
    history=HISTORY,
    about={"seed": 1},
)


def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(case_as_data(CASE)))
    return data


@settings(max_examples=50, deadline=None, derandomize=True)
@given(MIXED.workloads(Limits()))
def test_every_workload_comes_back_from_json_as_it_was(workload: Workload) -> None:
    data = json.loads(json.dumps(codec.workload_as_data(workload, SERVER.words)))
    assert codec.workload_from_data(data, SERVER.words) == workload


def test_a_case_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    path = write_case(CASE, tmp_path / "cases")
    assert read_case(path) == CASE


def test_a_case_is_named_after_its_invariant_and_its_content(tmp_path: Path) -> None:
    first = write_case(CASE, tmp_path)
    again = write_case(replace(CASE, about={"seed": 2}), tmp_path)
    assert first == again
    assert first.name.startswith("no_zombies-")


def test_a_step_is_one_line_of_the_file(tmp_path: Path) -> None:
    text = write_case(CASE, tmp_path).read_text()
    assert '    {"step": "open", "client": 1, "reading": "EAGER"},\n' in text


def test_a_step_can_be_taken_out_by_hand() -> None:
    data = _data()
    del data["workload"][1]
    assert case_from_data(data).workload == (WORKLOAD[0], *WORKLOAD[2:])


def test_of_the_roles_only_the_cases_own_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[RoleName] = []

    class Asked(Roles):
        def __getitem__(self, name: RoleName) -> Role:
            asked.append(name)
            return super().__getitem__(name)

    monkeypatch.setattr("properties.cases.case.ROLES", Asked())
    with pytest.raises(CaseError, match="no_zombies"):
        case_from_data({**_data(), "role": "client"})
    assert asked == [RoleName.CLIENT]


def test_what_has_a_default_can_be_left_out() -> None:
    data = _data()
    del data["workload"][0]["reading"], data["history"]
    case = case_from_data(data)
    assert case.workload == WORKLOAD
    assert case.history == ()


def _damaged(**changes: Any) -> dict[str, Any]:
    return {**_data(), **changes}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "not a case"),
        ({}, "anechoic_case"),
        (_damaged(anechoic_case=99), "99"),
        (_damaged(anechoic_case="1"), "its format is '1', and this version reads 1 to 3"),
        (_damaged(invariant="nonsense"), "nonsense"),
        (_damaged(workload=None), "list of steps"),
        (_damaged(workload=["open"]), "step 1"),
        (_damaged(workload=[{"step": "opne", "client": 1}]), "opne"),
        (_damaged(workload=[{"step": "open"}]), "'client' is missing"),
        (_damaged(workload=[{"step": "open", "client": "one"}]), "'one'"),
        (_damaged(workload=[{"step": "open", "client": 1, "reads": 1}]), "'reads'"),
        (_damaged(workload=[{"step": "open", "client": 1, "reading": "x"}]), "EAGER, SLOW"),
        (_damaged(workload=[{"fault": "flood"}]), "flood"),
        (_damaged(command=5), "must be a list of words"),
        (_damaged(command="./mine"), "must be a list of words"),
        (_damaged(port="x"), "'port' is 'x'"),
        (_damaged(patience="x"), "'patience' is 'x'"),
        (_damaged(max_connections=0), "'max_connections' is 0"),
        (_damaged(max_rate=-1), "'max_rate' is -1"),
        (_damaged(port=70000), "'port' is 70000: must be a whole number from 1 to 65,535"),
        (_damaged(port=[1, 2]), r"'port' is \[1, 2\]: must be a whole number"),
        (_damaged(port=1.5), "'port' is 1.5"),
        (_damaged(port=True), "'port' is True"),
        (_damaged(max_connections=2.5), "'max_connections' is 2.5"),
        (_damaged(max_rate=1e-300), "'max_rate' is 1e-300"),
        (_damaged(patience=float("nan")), "'patience' is nan"),
        (_damaged(times=float("inf")), "'times' is inf"),
        (_damaged(failed=3, times=2), "'failed' is greater than 'times'"),
        (_damaged(command=[1, 2]), r"'command' is \[1, 2\]: must be a list of words"),
        (_damaged(command=[""]), "must be a list of words"),
        (_damaged(eof_report="("), "'eof_report' is '\\(': is no regular expression"),
        (_damaged(env=["A=1"]), "'env' is"),
        (_damaged(env={"A": 1}), "'A' must be a name with text"),
        (_damaged(cwd=1), "'cwd' is 1: must be text"),
        (_damaged(stdin="full"), "'stdin' is 'full': must be one of null, open"),
        (_damaged(workload=[{"step": "open", "client": 1}] * 10_001), "10,000 steps"),
        (_damaged(workload=[{"fault": "x", "clients": list(range(10_001))}]), "10,000 clients"),
        (_damaged(workload=[{"step": "open", "client": 10**9}]), "step 1, field 'client' is"),
        (_damaged(workload=[{"fault": "signals", "count": 10**9}]), "from 0 to 10,000"),
        (_damaged(host="nonsense.invalid"), "'host' is 'nonsense.invalid'"),
        (_damaged(fault="flood"), "no fault family is called 'flood'"),
    ],
)
def test_a_damaged_case_is_refused_in_words(data: Any, words: str) -> None:
    with pytest.raises(CaseError, match=words):
        case_from_data(data)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_what_is_no_number_of_json_is_refused_wherever_it_stands(
    number: str, tmp_path: Path
) -> None:
    path = tmp_path / "case.json"
    path.write_text(f'{{"anechoic_case": 3, "seed": [{{"a": {number}}}]}}')
    with pytest.raises(CaseError, match=f"case.json: it is not JSON: {number} is no number"):
        read_case(path)


def test_a_file_that_is_not_json_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text("{")
    with pytest.raises(CaseError, match=r"case\.json: it is not JSON"):
        read_case(path)
    with pytest.raises(CaseError, match="No such file"):
        read_case(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[" * 100_000, "nested in more than 20 levels"),
        ("[" * 30 + "]" * 30, "nested in more than 20 levels"),
        (" " * (MOST_BYTES + 1), "more than 16 MiB"),
        ('{"a": ' * 5000 + "1" + "}" * 5000, "nested in more than 20 levels"),
    ],
    ids=["brackets", "lists", "long", "objects"],
)
def test_a_file_that_is_too_large_or_too_deep_is_refused(
    content: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "case.json"
    path.write_text(content)
    with pytest.raises(CaseError, match=words):
        read_case(path)


def test_a_pipe_in_the_place_of_a_case_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "case.json")
    with pytest.raises(CaseError, match="it is no regular file"):
        read_case(tmp_path / "case.json")


def test_what_a_command_was_started_with_is_kept(tmp_path: Path) -> None:
    surroundings = Surroundings("/tmp", (("A", "1"), ("B", "")), Input.OPEN, 30.0)
    path = write_case(replace(CASE, surroundings=surroundings), tmp_path)
    assert read_case(path).surroundings == surroundings


def test_a_case_is_known_as_made_here_until_it_is_changed(tmp_path: Path) -> None:
    path = write_case(CASE, tmp_path)
    assert was_made_here(path)
    path.write_text(path.read_text().replace('"patience": 10.0', '"patience": 9.0'))
    assert not was_made_here(path)


def test_a_case_that_somebody_else_has_made_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_case(CASE, tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "of-somebody-else"))
    assert not was_made_here(path)


def test_where_nothing_can_be_written_down_a_case_is_kept_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    path = write_case(CASE, tmp_path)
    assert read_case(path)
    assert not was_made_here(path)


def test_a_case_may_hold_every_event_of_its_role() -> None:
    known = {kind for role in ROLES.values() for kind in role.words.events.values()}
    assert {kind.__name__ for kind in kinds_of_events() - known} == set()


def kinds_of_events() -> set[type[Event]]:
    """Return the events that are defined anywhere in the product."""
    found, left = set(), list(Event.__subclasses__())
    while left:
        found.add(left.pop())
    return {one for one in found if one.__module__.startswith("properties.")}
