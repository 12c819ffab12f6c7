"""The plan of a run: its parts, in their order."""

from collections import Counter
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from properties.cases.case import Case
from properties.cases.regressions import KnownCase
from properties.model.verdict import FollowUp
from properties.running.plan import EXAMPLES_A_PART, Part, PartKind, plan
from properties.running.settings import Settings
from properties.server.families import FAMILIES
from properties.server.invariants import clean_restart
from properties.server.role import SERVER
from properties.server.steps import Open
from tests.properties.running.test_settings import settings


def parts_with_workloads(made: Settings) -> list[Part]:
    return [part for part in plan(made) if part.kind is PartKind.WORKLOADS]


def follow_ups(made: Settings) -> list[tuple[str, FollowUp | None]]:
    """Return the families of the parts with a follow-up, and the follow-ups."""
    parts = (part for part in plan(made) if part.kind is PartKind.FOLLOW_UP)
    return [(part.family.name, part.follow_up) for part in parts]


@pytest.mark.parametrize("examples", [1, EXAMPLES_A_PART, EXAMPLES_A_PART + 1, 40])
def test_the_parts_of_a_family_add_up_to_its_workloads(examples: int) -> None:
    made = parts_with_workloads(settings(max_examples=examples))
    for family in FAMILIES:
        counts = [part.workloads for part in made if part.family is family]
        assert sum(counts) == (examples if family.examples else 0)
        assert all(1 <= count <= EXAMPLES_A_PART for count in counts)


def test_a_quick_run_draws_a_share_of_what_is_drawn_otherwise() -> None:
    few, usual = (parts_with_workloads(settings(quick=quick)) for quick in (True, False))
    for family in FAMILIES:
        in_few, in_all = (
            sum(part.workloads for part in parts if part.family is family) for parts in (few, usual)
        )
        assert in_few == family.few
        assert in_few < in_all or family.examples == 0


def test_the_first_parts_of_all_families_come_first() -> None:
    made = parts_with_workloads(settings(max_examples=2 * EXAMPLES_A_PART))
    assert [part.id for part in made] == [
        f"{family.name}-{number}" for number in (0, 1) for family in FAMILIES if family.examples
    ]


def test_the_sweep_comes_first_and_does_not_depend_on_the_seed() -> None:
    one, other = (plan(settings(seed=seed)) for seed in (1, 2))
    swept = [part.choices for part in one if part.kind is PartKind.SWEEP]
    assert one[0].kind is PartKind.SWEEP
    assert swept == [part.choices for part in other if part.kind is PartKind.SWEEP]
    chosen = [choice for choices in swept for choice in choices]
    assert len(chosen) == sum(len(family.sweep) for family in FAMILIES)


def test_what_matters_most_without_a_fault_comes_before_all_other_parts() -> None:
    made = plan(settings())
    plain = [part for part in made if part.kind is PartKind.SWEEP and part.family.fault is None]
    first = list(takewhile(lambda part: part in plain, made))
    assert len(first) > 1
    chosen = [choice for part in first for choice in part.choices]
    assert chosen == [one for one in plain[0].family.sweep if one.matters and not one.slow]


def test_all_other_traffic_follows_the_first_part_of_each_family() -> None:
    made = [part for part in plan(settings()) if part.kind is PartKind.SWEEP]
    last = max(place for place, part in enumerate(made) if part.family.fault is None)
    quick = {one.name for one in FAMILIES if not all(choice.slow for choice in one.sweep)}
    assert {part.family.name for part in made[:last]} >= quick
    faults = [part.family.name for part in made[:last] if part.family.fault]
    assert len(faults) == len(set(faults))


def test_what_is_slow_and_matters_comes_before_the_second_part_of_any_family() -> None:
    made = [part for part in plan(settings()) if part.kind is PartKind.SWEEP]
    slow = [part for part in made if all(one.slow and one.matters for one in part.choices)]
    assert {"control", "closed_window"} <= {part.family.name for part in slow}
    begins = made.index(slow[0])
    assert made[begins : begins + len(slow)] == slow
    assert not any(one.slow for part in made[:begins] for one in part.choices)


def test_of_what_is_quick_in_a_family_what_matters_most_is_swept_first() -> None:
    for family in FAMILIES:
        parts = (one for one in plan(settings()) if one.kind is PartKind.SWEEP)
        own = [part.choices for part in parts if part.family.name == family.name]
        quick = [choice.matters for choices in own for choice in choices if not choice.slow]
        assert quick == sorted(quick, reverse=True)


def test_a_few_choices_of_every_fault_come_before_more_of_any() -> None:
    swept = [part for part in plan(settings()) if part.kind is PartKind.SWEEP and part.family.fault]
    names = [part.family.name for part in swept]
    of_the_first_round = swept[: len(set(names))]
    assert {part.family.name for part in of_the_first_round} == set(names)
    assert all(part.workloads <= 2 for part in of_the_first_round)


def test_every_choice_of_every_family_is_in_one_part() -> None:
    for family in FAMILIES:
        parts = (one for one in plan(settings()) if one.kind is PartKind.SWEEP)
        own = [choice for part in parts if part.family is family for choice in part.choices]
        assert sorted(map(str, own)) == sorted(map(str, family.sweep))


@pytest.mark.parametrize("given", [{}, {"quick": True}, {"no_sweep": True}])
def test_what_follows_some_workloads_comes_when_each_family_was_tried(
    given: dict[str, Any],
) -> None:
    parts = plan(settings(**given))
    kinds = [part.kind for part in parts]
    begins = kinds.index(PartKind.FOLLOW_UP)
    tried = Counter(part.family.name for part in parts[:begins] if part.family.fault)
    # One of what is quick, one of what is slow, and a second one.
    assert max(tried.values()) <= 3
    assert PartKind.WORKLOADS in kinds[begins:]


def test_what_a_server_calls_is_learnt_after_the_first_part_of_each_family() -> None:
    asked = replace(settings(server="./mine {port}"), rehearses=True)
    ids = [part.id for part in plan(asked)]
    place = ids.index("schedules-rehearsal")
    assert "control-sweep-1" in ids[:place]
    assert "freeze-sweep-0" in ids[:place]
    assert "accept_errors-sweep-1" in ids[place:]
    assert "schedules-sweep-0" not in ids
    assert not any("rehearsal" in one.id for one in plan(settings(server="./mine {port}")))


@pytest.mark.parametrize("given", [{"no_sweep": True}, {"max_rate": 2.0}])
def test_nothing_is_swept_where_that_is_not_wanted_or_would_take_minutes(
    given: dict[str, Any],
) -> None:
    assert PartKind.SWEEP not in {part.kind for part in plan(settings(**given))}


def test_a_restart_follows_in_every_family_and_memory_is_looked_at_once() -> None:
    assert follow_ups(settings(fault=["freeze", "mixed"])) == [
        ("freeze", FollowUp.RESTART),
        ("mixed", FollowUp.RESTART),
        ("freeze", FollowUp.ROUNDS),
        ("freeze", FollowUp.FLOOD),
    ]


def test_nothing_follows_where_the_server_has_ended() -> None:
    assert follow_ups(settings(fault=["stops"])) == []


def test_by_address_only_a_client_that_never_reads_follows() -> None:
    made = follow_ups(settings(address="127.0.0.1:7"))
    assert [follow_up for _, follow_up in made] == [FollowUp.FLOOD]


def test_a_client_has_no_follow_ups() -> None:
    assert follow_ups(settings(client="")) == []


def test_a_known_case_comes_first_with_what_has_to_follow_it() -> None:
    case = Case(SERVER, clean_restart.INVARIANT, "freeze", (Open(1),), "", ("x", "{port}"))
    known, *others = plan(settings(seed=3), [KnownCase(Path("cases/one.json"), case)])
    assert known.test == "test_known[one]"
    assert (known.case, known.path, known.family.name) == (case, "cases/one.json", "freeze")
    assert known.follow_up is FollowUp.RESTART
    assert tuple(others) == plan(settings(seed=3))


def test_each_part_has_an_id_and_a_seed_of_its_own() -> None:
    parts = plan(settings(max_examples=2 * EXAMPLES_A_PART, seed=3))
    assert len({part.id for part in parts}) == len(parts)
    made = parts_with_workloads(settings(max_examples=2 * EXAMPLES_A_PART, seed=3))
    assert len({part.seed for part in made}) == len(made)
    assert parts_with_workloads(settings(max_examples=2 * EXAMPLES_A_PART, seed=4)) != made
