"""How an invariant is asked, and what becomes of one that breaks."""

from dataclasses import replace

import pytest

from properties.model.history import History
from properties.model.oracle import ServiceScope
from properties.model.verdict import (
    NO_PROCESSES,
    SEVERITY,
    FollowUp,
    Invariant,
    Outcome,
    Verdict,
    judge,
)
from properties.server.invariants.registry import INVARIANTS
from tests.properties.server.histories import history

SOME = INVARIANTS[0]


def _crash(_history: History) -> Verdict:
    raise KeyError("after")


def test_the_outcomes_are_called_as_in_the_json_output() -> None:
    assert [one.value for one in Outcome] == [
        "pass",
        "fail",
        "known",
        "inconclusive",
        "not-applicable",
    ]


def test_the_worst_outcome_comes_first() -> None:
    assert SEVERITY == (
        Outcome.FAIL,
        Outcome.INCONCLUSIVE,
        Outcome.KNOWN,
        Outcome.PASS,
        Outcome.NOT_APPLICABLE,
    )


def test_a_report_shows_every_reason_but_that_nothing_of_the_kind_was_tried() -> None:
    assert Verdict(Outcome.FAIL, "seen").remarkable
    assert Verdict.not_applicable("no process").remarkable
    assert not Verdict.not_tried().remarkable


def test_what_has_passed_held() -> None:
    assert Verdict.passed().reason == "held"


def test_an_invariant_needs_nothing_that_it_does_not_ask_for() -> None:
    plain = Invariant("made_up", "UNP 1", "it MUST hold", lambda _: Verdict.passed())
    assert not plain.needs_processes
    assert not plain.judges_the_end


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


def test_a_pass_counts_without_the_fault_only_where_a_follow_up_was_made() -> None:
    plain = Invariant("made_up", "UNP 1", "it MUST hold", lambda _: Verdict.passed())
    assert plain.needs_the_fault
    assert not replace(plain, follow_up=FollowUp.FLOOD).needs_the_fault


def test_what_cannot_be_judged_of_a_service_is_not_applicable_with_the_reason() -> None:
    plain = Invariant("made_up", "UNP 1", "it MUST hold", lambda _: Verdict.passed())
    scope = ServiceScope({"made_up": "it has no oracle"})
    verdict = judge(plain, History(scope=scope))
    assert (verdict.outcome, verdict.reason) == (Outcome.NOT_APPLICABLE, "it has no oracle")
