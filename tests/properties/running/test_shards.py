"""Shards: machines that do not know each other divide a plan; nothing is left out or doubled."""

from pathlib import Path
from typing import Any

import pytest

from properties.cases.case import Case
from properties.cases.regressions import KnownCase
from properties.model.sweep import IN_ANOTHER_SHARD
from properties.model.verdict import Verdict
from properties.reports import swept, text
from properties.reports.terminal import Terminal
from properties.running.division.costs import cost_of
from properties.running.division.shard import shard_called, shards_by_cost
from properties.running.errors import UsageError
from properties.running.exit_status import ExitStatus
from properties.running.plan import Part, plan, whole_plan
from properties.running.preflight import planned
from properties.running.run import Run
from properties.search.findings import Findings
from properties.server.invariants import no_zombies
from properties.server.role import SERVER
from properties.server.steps import Open
from tests.properties.running.test_settings import settings

OF = range(1, 8)
CASE = Case(SERVER, no_zombies.INVARIANT, "freeze", (Open(1),), "", ("x", "{port}"))


def shard(number: int, of: int, **given: Any) -> tuple[Part, ...]:
    return plan(settings(seed=1, shard=f"{number}/{of}", **given))


def cost(parts: tuple[Part, ...]) -> int:
    return sum(cost_of(part.family.name, part.workloads, part.follow_up) for part in parts)


@pytest.mark.parametrize("client", [None, ""], ids=["server", "client"])
@pytest.mark.parametrize("of", OF)
def test_each_part_of_the_plan_is_in_exactly_one_shard(of: int, client: str | None) -> None:
    whole = plan(settings(seed=1, client=client))
    shards = [shard(number, of, client=client) for number in range(1, of + 1)]
    ids = [part.id for parts in shards for part in parts]
    assert sorted(ids) == sorted(part.id for part in whole)
    assert {part.id: part.seed for parts in shards for part in parts} == {
        part.id: part.seed for part in whole
    }


@pytest.mark.parametrize("of", OF)
def test_shards_cost_the_same_but_for_one_part(of: int) -> None:
    costs = [cost(shard(number, of)) for number in range(1, of + 1)]
    dearest = max(cost((part,)) for part in plan(settings(seed=1)))
    assert max(costs) - min(costs) <= dearest


def test_a_shard_keeps_the_order_of_the_plan() -> None:
    whole = [part.id for part in plan(settings(seed=1))]
    own = [part.id for part in shard(2, 3)]
    assert own == [name for name in whole if name in set(own)]


def test_the_dearest_goes_to_the_least_loaded() -> None:
    assert shards_by_cost([1, 5, 1, 1, 1], 2) == [2, 1, 2, 2, 2]


def test_cases_of_earlier_runs_change_nothing_in_how_the_rest_is_divided() -> None:
    known = [KnownCase(Path(f"{name}.json"), CASE) for name in ("a", "b", "c")]
    made = [settings(seed=1, shard=f"{number}/3") for number in (1, 2, 3)]
    with_known = [list(plan(one, known)) for one in made]
    assert [[part for part in parts if part.case is None] for parts in with_known] == [
        list(plan(one)) for one in made
    ]
    tried = [part.id for parts in with_known for part in parts if part.case is not None]
    assert sorted(tried) == ["a", "b", "c"]


@pytest.mark.parametrize("words", ["", "1", "0/3", "4/3", "-1/3", "1/0", "1/1001", "a/b", "1/2/3"])
def test_what_is_no_shard_is_named(words: str) -> None:
    with pytest.raises(UsageError, match="--shard"):
        shard_called(words)


def test_what_other_shards_try_is_told_as_theirs() -> None:
    whole = planned(settings(seed=1)).swept()
    run = planned(settings(seed=1, shard="1/2"))
    assert {group: found.of for _, group, found in run.swept()} == {
        group: found.of for _, group, found in whole
    }
    reasons = [why for _, _, found in run.swept() for why in found.missing.values()]
    assert 0 < reasons.count(IN_ANOTHER_SHARD) < len(reasons)
    assert any(line.endswith(f"choices: {IN_ANOTHER_SHARD}") for line in swept.lines(run, 100))


def test_report_and_result_say_which_shard_it_was() -> None:
    run = planned(settings(seed=1, shard="2/4"))
    run.add(Findings("control", workloads=1))
    assert run.as_json()["shard"] == {"number": 2, "of": 4}
    of = len(whole_plan(run.settings))
    words = " ".join(text.conclusion(run, Terminal.nowhere()).split())
    assert f"seed 1, shard 2/4: {len(run.parts)} of {of} parts" in words


def test_what_conforms_in_one_shard_does_so_in_no_more() -> None:
    run = planned(settings(seed=1, shard="2/4"))
    findings = Findings("control", workloads=1)
    for invariant in run.invariants:
        findings.cells[invariant.id].note(Verdict.passed("held"))
    run.add(findings)
    assert text.verdict_on(run)[0] == "conforms in shard 2/4"


def test_a_whole_run_is_no_shard() -> None:
    run = planned(settings(seed=1))
    assert run.as_json()["shard"] is None
    assert run.elsewhere == ()


def test_a_shard_with_nothing_to_do_conforms() -> None:
    made = settings(seed=1, shard="3/3", fault=["control"], max_examples=1, no_sweep=True)
    run = Run(made, (), whole_plan(made))
    assert run.status is ExitStatus.CONFORMS
