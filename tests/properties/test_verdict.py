"""How an invariant is asked, and what becomes of one that breaks."""

from dataclasses import replace

import pytest

from properties.history import History
from properties.invariants.registry import INVARIANTS
from properties.verdict import NO_PROCESSES, Invariant, Outcome, Verdict, Violation, judge
from tests.properties.histories import history

SOME = INVARIANTS[0]


def _crash(_history: History) -> Verdict:
    raise KeyError("after")


def test_an_invariant_that_crashes_is_inconclusive_and_says_why() -> None:
    verdict = judge(replace(SOME, judge=_crash), history())
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason == "the invariant crashed: KeyError: 'after'"


def test_by_address_an_invariant_that_needs_processes_is_not_even_asked() -> None:
    blind = replace(SOME, judge=_crash, needs_processes=True)
    assert judge(blind, history(by_address=True)) == Verdict.not_applicable(NO_PROCESSES)


def test_with_processes_it_is_asked() -> None:
    seeing = replace(SOME, judge=lambda _: Verdict.passed("seen"), needs_processes=True)
    assert judge(seeing, history()) == Verdict.passed("seen")


@pytest.mark.parametrize("invariant", INVARIANTS, ids=[i.id for i in INVARIANTS])
def test_an_empty_history_passes_no_invariant_that_looks_at_the_server(
    invariant: Invariant,
) -> None:
    if invariant.needs_processes or invariant.id == "listener_survives":
        assert judge(invariant, history()).outcome is not Outcome.PASS
    assert judge(invariant, history()).outcome is not Outcome.FAIL


def test_each_invariant_raises_a_violation_of_its_own() -> None:
    types = [invariant.violation for invariant in INVARIANTS]
    assert len(set(types)) == len(INVARIANTS)
    assert all(issubclass(kind, Violation) and kind is not Violation for kind in types)
