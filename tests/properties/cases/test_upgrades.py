"""Cases of older formats are read as the present format has them, and still replay."""

import enum
import json
import sys
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from faults.client.peer_fin import FinManner, PeerFin
from faults.client.peer_reset import PeerReset, ResetManner
from faults.fault import Reading
from faults.payloads import A_LINE, Content, Payload
from faults.server.eof_races import EofRace, Race
from properties.cases.case import FORMAT, Case, case_as_data, case_from_data, read_case, write_case
from properties.cases.replay import run_again, target_of
from properties.cases.upgrades import FORMAT_1, FORMAT_2
from properties.client.steps import Answer, Type
from properties.model.steps import Inject
from properties.roles import ROLES
from properties.server.steps import Open, Send

NAMES = tuple(path.stem for path in sorted((Path(__file__).parent / "format_1").glob("*.json")))
"""The saved cases: written by the last version that wrote format 1."""

CERTAIN = tuple(name for name in NAMES if name != "no_zombies-235bdd0c")
"""Those that failed in each run."""

PARTS = ("step", "fault", "event")
"""What may hold members of enumerations, by the key that says which one it is."""


def saved(name: str) -> dict[str, Any]:
    """Return a saved case as it was written, with this Python in its command."""
    path = Path(__file__).parent / "format_1" / f"{name}.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {**data, "command": [sys.executable, *data["command"][1:]]}


def upgraded(name: str) -> Case:
    return case_from_data(saved(name))


def sentences(data: Any, field: str = "") -> Iterator[str]:
    """Return the sentences of format 1 for members of enumerations in JSON data."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from sentences(value, name)
    elif isinstance(data, list):
        for item in data:
            yield from sentences(item, field)
    elif isinstance(data, str) and data in FORMAT_1.get(field, {}):
        yield data


def parts_with_sentences(data: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the role of a case, with what of it has such sentences: steps, faults, events."""
    items = [*data["workload"], *data["history"]]
    return {
        (data["role"], next(part for part in PARTS if part in item))
        for item in items
        if any(sentences(item))
    }


def members_by_field() -> dict[str, set[str]]:
    """Return the names of all members that a field of a saved case may hold today, by its name."""
    found: dict[str, set[str]] = {}

    def note(kind: Any) -> None:
        hints = typing.get_type_hints(kind)
        for field in fields(kind):
            for hint in (hints[field.name], *typing.get_args(hints[field.name])):
                if isinstance(hint, type) and issubclass(hint, enum.Enum):
                    found.setdefault(field.name, set()).update(hint.__members__)
                elif is_dataclass(hint):
                    note(hint)

    for role in ROLES.values():
        for table in (role.words.steps, role.words.faults, role.words.events):
            for kind in table.values():
                note(kind)
    return found


def test_the_saved_cases_have_sentences_in_all_their_parts() -> None:
    made = [saved(name) for name in NAMES]
    assert len(made) == 5
    assert {data["anechoic_case"] for data in made} == {1}
    assert set().union(*map(parts_with_sentences, made)) == {
        (role.value, part) for role in ROLES for part in PARTS
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_case_of_format_1_is_read_whole(name: str) -> None:
    data, case = saved(name), upgraded(name)
    assert (case.role.name.value, case.invariant.id) == (data["role"], data["invariant"])
    assert (case.fault, case.actual) == (data["fault"], data["actual"])
    assert (case.failed, case.times) == (data["failed"], data["times"])
    assert [len(case.workload), len(case.history)] == [len(data["workload"]), len(data["history"])]
    assert case.service == "echo"
    assert case.about == {key: data[key] for key in ("seed", "platform", "versions", "verdicts")}


def test_its_sentences_become_members() -> None:
    assert upgraded("prompt_service-b214aa59").workload == (
        Open(1, Reading.EAGER),
        Open(2, Reading.EAGER),
        Inject(EofRace(2, Race.FIN_AFTER_DATA, Payload(Content.LINES, 1), frozen=True)),
        Open(14, Reading.EAGER),
        Send(14, Payload(Content.LINES, 1), 0),
    )
    assert upgraded("notices_eof-ee2b4bae").workload == (
        Type(Payload(Content.RANDOM, 1)),
        Answer(),
        Inject(PeerFin(FinManner.CLOSE, frozen=True)),
        Type(Payload(Content.LINES, 6)),
    )


@pytest.mark.parametrize("name", NAMES)
def test_it_is_written_as_the_present_format_with_names_of_members_only(name: str) -> None:
    data = case_as_data(upgraded(name))
    assert data["anechoic_case"] == FORMAT == 3
    assert "expected" not in data
    assert list(sentences([data["workload"], data["history"]])) == []


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_then_is_the_same_case(name: str, tmp_path: Path) -> None:
    case = upgraded(name)
    assert read_case(write_case(case, tmp_path)) == case


@pytest.mark.parametrize("name", CERTAIN)
def test_it_still_fails(name: str) -> None:
    case = upgraded(name)
    # One of them passes once in thirty runs.
    assert run_again(case, target_of(case), times=4).failed


@pytest.mark.parametrize("field", FORMAT_1)
def test_every_sentence_of_format_1_names_a_member_that_exists(field: str) -> None:
    renamed = FORMAT_2.get(field, {})
    members = {renamed.get(member, member) for member in FORMAT_1[field].values()}
    assert members <= members_by_field()[field]


def of_format_2(name: str) -> Path:
    """Return the file of a case that the last version with format 2 has written."""
    return Path(__file__).parent / "format_2" / f"{name}.json"


def test_members_of_a_case_of_format_2_get_their_present_names() -> None:
    case = read_case(of_format_2("prompt_service-098281c6"))
    before = upgraded("prompt_service-b214aa59")
    assert (case.workload, case.history) == (before.workload, before.history)
    assert read_case(of_format_2("notices_eof-36fefa83")).workload == (
        Type(A_LINE),
        Inject(PeerFin(FinManner.AFTER_DATA, frozen=True)),
        Inject(PeerReset(ResetManner.AFTER_DATA, frozen=True)),
        Inject(PeerReset(ResetManner.AFTER_FIN, frozen=True)),
    )


@pytest.mark.parametrize("field", FORMAT_2)
def test_every_new_name_of_format_3_is_that_of_a_member_and_no_old_one_is(field: str) -> None:
    members = members_by_field()[field]
    assert set(FORMAT_2[field].values()) <= members
    assert not set(FORMAT_2[field]) & members
