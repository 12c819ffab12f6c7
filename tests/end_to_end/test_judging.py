"""Whole checks of servers with one peculiarity: who is accused of what, and what is said of it."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from properties.cases.case import read_case
from properties.model.steps import Inject, Workload
from properties.search.attribution import SHOWS_WITHOUT
from tests.end_to_end.programs import ends_after, with_zombies
from tests.end_to_end.runs import finished
from tests.properties.server_runs import PROGRAMS


def script(name: str, *rest: str) -> tuple[str, ...]:
    """Return the command of a server in `tests/servers`."""
    return (sys.executable, str(PROGRAMS / name), "{port}", *rest)


def checked(folder: Path, *options: str, server: tuple[str, ...]) -> dict[str, Any]:
    """Check a server in one process, with seed 1; return the result as JSON."""
    words = ("check", "-n", "1", "--seed", "1", "--json", "result.json", *options, "--", *server)
    done = finished(words, folder)
    assert (folder / "result.json").exists(), done.stdout
    result: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return result


def cases_of(result: dict[str, Any], invariant: str) -> dict[str, str]:
    """Return the case of each fault family in which an invariant was violated."""
    checks = result["checks"]
    return {one["fault"]: one["case"] for one in checks if one["case"] and is_of(one, invariant)}


def steps_of(path: Path) -> Workload:
    """Return the workload of a saved case."""
    return read_case(path).workload


def is_of(check: dict[str, Any], invariant: str) -> bool:
    return bool(check["invariant"] == invariant)


@pytest.mark.parametrize(("limit", "status"), [((), 3), (("--max-connections", "16"), 0)])
def test_a_limit_that_closes_further_connections_is_named_and_kept_within(
    limit: tuple[str, ...], status: int, tmp_path: Path
) -> None:
    faults = ("--fault", "disconnect_burst", "--fault", "killed_children", "--max-examples", "8")
    result = checked(tmp_path, *faults, *limit, server=script("turns_away.py", "16"))
    reasons = {one["reason"] for one in result["checks"] if one["verdict"] == "inconclusive"}
    assert result["exit_status"] == status, result["checks"]
    assert all(reason.endswith("try --max-connections 16") for reason in reasons)


def test_a_listener_that_dies_of_two_errors_gets_a_case_for_each(tmp_path: Path) -> None:
    faults = ("--fault", "scarce_descriptors", "--fault", "fork_errors", "--max-examples", "1")
    result = checked(tmp_path, *faults, server=ends_after("EMFILE"))
    cases = cases_of(result, "listener_survives")
    assert cases.keys() == {"scarce_descriptors", "fork_errors"}
    assert cases["scarce_descriptors"] != cases["fork_errors"]
    words = {one["fault"]: one["reason"] for one in result["checks"] if one["case"]}
    assert "Too many open files" in words["scarce_descriptors"]
    assert "Resource temporarily unavailable" in words["fork_errors"]


def test_what_shows_without_the_fault_is_told_of_control_and_shrunk_without_it(
    tmp_path: Path,
) -> None:
    faults = ("--fault", "control", "--fault", "accept_errors", "--max-examples", "1", "--no-sweep")
    result = checked(tmp_path, *faults, server=with_zombies())
    cases = cases_of(result, "no_zombies")
    assert cases.keys() == {"control"}
    assert not any(isinstance(step, Inject) for step in steps_of(tmp_path / cases["control"]))
    verdicts = {one["fault"]: one for one in result["checks"] if is_of(one, "no_zombies")}
    assert verdicts["accept_errors"]["verdict"] == "not-applicable"
    assert verdicts["accept_errors"]["reason"] == SHOWS_WITHOUT


@pytest.mark.exhaustive
def test_without_the_family_control_a_violation_stays_where_it_was_found(tmp_path: Path) -> None:
    faults = ("--fault", "accept_errors", "--max-examples", "4", "--no-sweep")
    cases = cases_of(checked(tmp_path, *faults, server=with_zombies()), "no_zombies")
    assert cases.keys() == {"accept_errors"}
    assert not any(isinstance(step, Inject) for step in steps_of(tmp_path / cases["accept_errors"]))
