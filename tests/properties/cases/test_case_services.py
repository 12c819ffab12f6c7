"""The service of a case: what is kept of it, and for which runs the case counts."""

from pathlib import Path

import pytest

from properties.cases.case import Case, CaseError, case_as_data, case_from_data, write_case
from properties.cases.regressions import known_cases
from properties.model.oracle import Echo, Service
from properties.model.target_spec import Target
from properties.server.invariants.no_zombies import INVARIANT
from properties.server.role import SERVER
from properties.server.steps import Open
from properties.services.builtin import Discard
from properties.services.registry import name_of, table_in
from properties.services.table import Table, table_of
from target.command import Command

WORDS = ("./mine", "{port}")
PING = {"send": "PING\r\n", "expect": "+PONG\r\n"}
TABLE = table_of({"exchange": [PING]}, "ping.toml")
OTHER = table_of({"exchange": [PING, {**PING, "closes": True}]}, "ping.toml")


def case_of(service: Service) -> Case:
    """Return a case that was found with this service."""
    return Case(
        SERVER,
        INVARIANT,
        "control",
        (Open(1),),
        "",
        WORDS,
        service=name_of(service),
        table=table_in(service),
    )


def test_a_case_keeps_the_table_itself() -> None:
    again = case_from_data(case_as_data(case_of(TABLE)))
    assert again.service == "ping.toml"
    assert again.table == TABLE.data


def test_a_case_of_a_service_with_a_name_keeps_no_table() -> None:
    assert "service_table" not in case_as_data(case_of(Discard()))


def test_a_damaged_table_is_refused() -> None:
    data = {**case_as_data(case_of(TABLE)), "service_table": {"exchange": [{"send": 1}]}}
    with pytest.raises(CaseError, match="service_table"):
        case_from_data(data)


@pytest.mark.parametrize("service", [Echo(), Discard(), OTHER])
def test_a_case_counts_for_runs_with_its_own_service_only(service: Service, tmp_path: Path) -> None:
    write_case(case_of(TABLE), tmp_path)
    target = Target("127.0.0.1", Command(WORDS))
    asked: tuple[Service | Table, ...] = (TABLE, service)
    found = [known_cases(target, SERVER, ["control"], tmp_path, one) for one in asked]
    assert [len(one) for one in found] == [1, 0]


def test_cases_of_two_services_are_two_files(tmp_path: Path) -> None:
    paths = {write_case(case_of(one), tmp_path) for one in (Echo(), Discard(), TABLE, OTHER)}
    assert len(paths) == 4
