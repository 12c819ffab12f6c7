"""What a client as the target changes: its options, its cases, and both references in one run."""

import json
from pathlib import Path
from typing import Any

import pytest

from faults.payloads import Content, Payload
from faults.peer_fin import FinManner, PeerFin
from properties import cases
from properties.cases import Case, CaseError
from properties.findings import Findings
from properties.known import known_cases
from properties.option_list import OPTIONS
from properties.options import Options, UsageError, checked
from properties.peer.events import Answered, Exited, Started
from properties.peer.steps import Answer, Type
from properties.references import merged, values_of_each, worst
from properties.role import CLIENT, ROLES, SERVER
from properties.run import Run
from properties.steps import Inject
from properties.subject import RoleName, Subject
from properties.telling import EOF_WORDS, Reports
from properties.verdict import Outcome
from target.command import REFERENCE_CLIENT, Command

COMMAND = Command(("./mycli", "{host}", "{port}"))
CASE = Case(
    invariant=CLIENT.invariants[2],
    fault="peer_fin",
    workload=(
        Type(Payload(Content.LINES, 10)),
        Answer(0, 3),
        Inject(PeerFin(FinManner.CLOSE, frozen=True)),
    ),
    expected="a word",
    actual="none",
    words=COMMAND.words,
    history=(
        Started(0.1, 4711, "a pipe"),
        Answered(0.2, 7, 7, 7),
        Exited(0.3, "exited with status 0", 0, None),
    ),
    role=CLIENT,
    reports=Reports(eof="gone", reset="dead"),
)


def options(**given: Any) -> Options:
    """Check the defaults with these changed."""
    values = {option.destination: option.settings["default"] for option in OPTIONS}
    return checked(lambda name: {**values, **given}[name])


def read_again(data: dict[str, Any]) -> Case:
    return cases.from_data(json.loads(json.dumps(data)))


# Options.


def test_a_client_is_named_by_its_command() -> None:
    subject = options(client="./mycli {host} {port}").subject
    assert subject == Subject("127.0.0.1", COMMAND, role=RoleName.CLIENT)


def test_without_a_command_it_is_the_reference() -> None:
    made = options(client="")
    assert made.subject.command == REFERENCE_CLIENT
    assert str(made.subject) == "the bundled reference client (target.tcpcli)"


def test_its_families_are_those_of_clients() -> None:
    assert options(client="").families == CLIENT.families
    assert options(client="", fault=["signals"]).families == (CLIENT.family("signals"),)


def test_nothing_follows_its_workloads() -> None:
    assert options(client="").sequels == ()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"client": "./mine {host}"}, "put {host} and {port}"),
        ({"client": "", "server": "./mine {port}"}, "--server is for servers"),
        ({"client": "", "address": "127.0.0.1:7"}, "--address is for servers"),
        ({"client": "", "port": 7}, "--port is for servers"),
        ({"client": "", "max_rate": 5.0}, "--max-rate is for servers"),
        ({"client": "", "fault": ["eof_races"]}, "known are control, freeze"),
        ({"client": "", "reset_report": "("}, "--reset-report '(' is no regular expression"),
    ],
)
def test_a_mistake_is_refused_and_named(given: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError) as refused:
        options(**given)
    assert named in str(refused.value)


def test_what_it_says_may_be_described() -> None:
    assert options(client="", reset_report="dead").rules.reports == Reports(EOF_WORDS, "dead")


# Cases.


def test_a_case_comes_back_as_it_was() -> None:
    assert read_again(cases.as_data(CASE)) == CASE


def test_a_case_without_a_role_is_that_of_a_server() -> None:
    data = cases.as_data(CASE)
    del data["role"]
    with pytest.raises(CaseError, match="no invariant is called 'notices_eof'"):
        read_again(data)


def test_a_role_that_is_none_is_refused() -> None:
    with pytest.raises(CaseError, match="'role' is 'proxy'; known are server, client"):
        read_again({**cases.as_data(CASE), "role": "proxy"})


def test_a_known_case_is_tried_on_clients_only(tmp_path: Path) -> None:
    path = cases.write(cases.as_data(CASE), tmp_path)
    found = {
        role: known_cases(Subject("127.0.0.1", COMMAND, role=role), ROLES[role].families, tmp_path)
        for role in RoleName
    }
    assert found == {RoleName.SERVER: (), RoleName.CLIENT: (path,)}


# Both references.


def families(role: str) -> list[str]:
    return [family.name for family in ROLES[RoleName(role)].families]


@pytest.mark.parametrize(
    ("asked", "clients", "faults"),
    [
        (None, [None, ""], [None, None]),
        (["signals"], [None, ""], [["signals"], ["signals"]]),
        (["peer_fin", "eof_races"], [None, ""], [["eof_races"], ["peer_fin"]]),
        (["peer_fin"], [""], [["peer_fin"]]),
    ],
)
def test_each_reference_is_run_with_the_faults_of_its_role(
    asked: list[str] | None, clients: list[str | None], faults: list[list[str] | None]
) -> None:
    each = values_of_each({"fault": asked, "client": None}, families)
    assert [one["client"] for one in each] == clients
    assert [one["fault"] for one in each] == faults


def test_a_fault_of_neither_is_left_to_be_refused() -> None:
    values = {"fault": ["flood"], "client": None}
    assert values_of_each(values, families) == [values]


@pytest.mark.parametrize(
    ("statuses", "together"),
    [((0, 0), 0), ((0, 3), 3), ((3, 2), 2), ((2, 1), 1), ((1, 130), 130), ((0,), 0)],
)
def test_the_worst_of_all_statuses_is_answered(statuses: tuple[int, ...], together: int) -> None:
    assert worst(statuses) == together


def test_one_object_tells_of_both() -> None:
    runs = []
    for made, role in ((options(), SERVER), (options(client=""), CLIENT)):
        run = Run(made)
        found = Findings("control", workloads=3)
        found.cells[role.invariants[0].id].note(Outcome.PASS, "held")
        run.add(found)
        runs.append(run)
    told = merged(runs)
    assert told["totals"]["workloads"] == 6
    assert {check["role"] for check in told["checks"]} == {"server", "client"}
    assert told["target"].count(" and ") == 1
