"""Violations of one invariant are told apart by the error that the target named."""

import errno
import os

import pytest

from properties.model.verdict import Verdict
from properties.model.violation_kinds import AFTER, KINDS, kind_of, violation_of
from tests.properties.search.made_up import trial

EACH = [(number, kind) for kind, numbers in KINDS.items() for number in numbers]


@pytest.mark.parametrize(("number", "kind"), EACH, ids=[errno.errorcode[n] for n, _ in EACH])
def test_an_error_is_known_by_its_text_and_by_its_name(number: int, kind: str) -> None:
    for words in (os.strerror(number).lower(), errno.errorcode[number]):
        assert kind_of(f"it ended, saying 'accept: {words} (x)'") == kind


@pytest.mark.parametrize("reason", ["c1 saw ECONNRESET", "it ended, saying 'bye'", "it ended"])
def test_what_the_target_has_not_said_is_of_no_kind(reason: str) -> None:
    assert kind_of(reason) == ""


@pytest.mark.parametrize("kind", ["SIGSEGV", "status 7"])
def test_a_listener_that_ends_without_a_word_is_known_by_how_it_ended(kind: str) -> None:
    how = "killed by" if kind.startswith("SIG") else "exited with"
    assert kind_of(f"the listener 4711 {how} {kind}") == kind
    assert kind_of(f"the listener 4711 {how} {kind}, saying 'bye'") == ""
    assert kind_of(f"the listener 4711 {how} {kind}, saying 'EMFILE'") == "EMFILE"
    assert kind_of(f"a worker was {how} {kind}") == ""


def test_the_cause_that_a_fault_names_is_the_kind() -> None:
    said = "it ended, saying 'accept: Too many open files'"
    assert kind_of(f"{said}{AFTER}accept of the listener failed") == "accept of the listener failed"


def test_a_target_cannot_name_a_cause_itself() -> None:
    assert kind_of(f"it ended, saying 'so{AFTER}bad luck'") == ""


def test_a_violation_is_named_after_its_kind_where_it_has_one() -> None:
    made = trial((), "exact_echo")
    made.verdicts["listener_survives"] = Verdict.failed("it ended, saying 'EMFILE'")
    assert made.violations.keys() == {"exact_echo", violation_of("listener_survives", "EMFILE")}
    assert made.violated == {"exact_echo", "listener_survives"}
