"""What a client as the target changes: its options, its cases, and both references in one run."""

import json
from pathlib import Path
from typing import Any

import pytest

from faults.client.peer_fin import FinManner, PeerFin
from faults.payloads import Content, Payload
from properties.cases.case import Case, CaseError, case_as_data, case_from_data, write_case
from properties.cases.regressions import KnownCase, known_cases
from properties.client.events import Answered, Exited, Started
from properties.client.role import CLIENT
from properties.client.steps import Answer, Type
from properties.model.end_reports import EOF_WORDS, EndReportPatterns
from properties.model.steps import Inject
from properties.model.target_spec import RoleName, Target
from properties.model.verdict import Verdict
from properties.roles import ROLES
from properties.running.errors import UsageError
from properties.running.exit_status import worst
from properties.running.option_list import Options
from properties.running.plan import PartKind, plan
from properties.running.references import merged, options_of_each
from properties.running.run import Run
from properties.search.findings import Findings
from properties.server.role import SERVER
from target.command import REFERENCE_CLIENT, Command
from tests.properties.running.test_settings import settings

COMMAND = Command(("./mycli", "{host}", "{port}"))
CASE = Case(
    invariant=CLIENT.invariants[2],
    fault="peer_fin",
    workload=(
        Type(Payload(Content.LINES, 10)),
        Answer(0, 3),
        Inject(PeerFin(FinManner.CLOSE, frozen=True)),
    ),
    actual="none",
    words=COMMAND.words,
    history=(
        Started(0.1, 4711, "a pipe"),
        Answered(0.2, 7, 7, 7),
        Exited(0.3, "exited with status 0", 0, None),
    ),
    role=CLIENT,
    reports=EndReportPatterns(eof="gone", reset="dead"),
)


def families(role: str | RoleName) -> list[str]:
    return [family.name for family in ROLES[RoleName(role)].families]


def read_again(data: dict[str, Any]) -> Case:
    return case_from_data(json.loads(json.dumps(data)))


# Options.


def test_a_client_is_named_by_its_command() -> None:
    target = settings(client="./mycli {host} {port}").target
    assert target == Target("127.0.0.1", COMMAND, role=RoleName.CLIENT)


def test_without_a_command_it_is_the_reference() -> None:
    made = settings(client="")
    assert made.target.command == REFERENCE_CLIENT
    assert str(made.target) == "the bundled reference client (target.tcpcli)"


def test_its_families_are_those_of_clients() -> None:
    assert settings(client="").families == CLIENT.families
    assert settings(client="", fault=["signals"]).families == (CLIENT.family("signals"),)


def test_nothing_follows_its_workloads() -> None:
    kinds = {part.kind for part in plan(settings(client=""))}
    assert kinds == {PartKind.SWEEP, PartKind.WORKLOADS}


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
        settings(**given)
    assert named in str(refused.value)


def test_what_it_says_may_be_described() -> None:
    assert settings(client="", reset_report="dead").rules.reports == EndReportPatterns(
        EOF_WORDS, "dead"
    )


# Cases.


def test_a_case_comes_back_as_it_was() -> None:
    assert read_again(case_as_data(CASE)) == CASE


def test_a_case_without_a_role_is_that_of_a_server() -> None:
    data = case_as_data(CASE)
    del data["role"]
    with pytest.raises(CaseError, match="no invariant is called 'notices_eof'"):
        read_again(data)


def test_a_role_that_is_none_is_refused() -> None:
    with pytest.raises(CaseError, match="'role' is 'proxy'; known are server, client"):
        read_again({**case_as_data(CASE), "role": "proxy"})


def test_a_known_case_is_tried_on_clients_only(tmp_path: Path) -> None:
    path = write_case(CASE, tmp_path)
    found = {
        name: known_cases(Target("127.0.0.1", COMMAND, role=name), role, families(name), tmp_path)
        for name, role in ROLES.items()
    }
    assert found == {RoleName.SERVER: (), RoleName.CLIENT: (KnownCase(path, CASE),)}


# Both references.


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
    each = options_of_each(Options(fault=asked), families)
    assert [one.client for one in each] == clients
    assert [one.fault for one in each] == faults


def test_a_fault_of_neither_is_left_to_be_refused() -> None:
    options = Options(fault=["flood"])
    assert options_of_each(options, families) == [options]


@pytest.mark.parametrize(
    ("statuses", "together"),
    [((0, 0), 0), ((0, 3), 3), ((3, 2), 2), ((2, 1), 1), ((1, 130), 130), ((0,), 0)],
)
def test_the_worst_of_all_statuses_is_answered(statuses: tuple[int, ...], together: int) -> None:
    assert worst(statuses) == together


def test_one_object_tells_of_both() -> None:
    runs = []
    for made, role in ((settings(), SERVER), (settings(client=""), CLIENT)):
        run = Run(made)
        found = Findings("control", workloads=3)
        found.cells[role.invariants[0].id].note(Verdict.passed())
        run.add(found)
        runs.append(run)
    both = merged(runs)
    assert both["totals"]["workloads"] == 6
    assert {check["role"] for check in both["checks"]} == {"server", "client"}
    assert both["target"].count(" and ") == 1
