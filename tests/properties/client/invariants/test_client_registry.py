"""House rules for the invariants of a client: registered, described, tested, with a stable id."""

import inspect
from pathlib import Path

import pytest

from properties.client import invariants
from properties.client.invariants.registry import CLIENT_INVARIANTS
from properties.model.history import History
from properties.model.verdict import Invariant, Outcome, judge

FOLDER = Path(next(iter(invariants.__path__)))
NOT_INVARIANTS = {"__init__", "registry"}

# They appear in output, in JSON and in the documentation, so none may change or go.
STABLE_IDS = {
    "exact_output",
    "no_data_lost_at_eof",
    "notices_eof",
    "reports_eof",
    "reports_reset",
    "reports_unreachable",
    "exit_status",
    "dies_loudly",
    "connect_survives_signal",
    "tries_each_address",
    "no_self_connect",
    "reports_output_error",
    "leaves_as_found",
    "no_spin",
}

DOCS = Path(__file__).parents[4] / "docs"
PAGES = ("invariants.md", "clients.md")

each_invariant = pytest.mark.parametrize(
    "invariant", CLIENT_INVARIANTS, ids=[i.id for i in CLIENT_INVARIANTS]
)


def test_every_file_in_the_folder_is_an_invariant_that_is_registered() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - NOT_INVARIANTS
    assert sorted(i.id for i in CLIENT_INVARIANTS) == sorted(files)


def test_the_ids_are_those_that_were_promised() -> None:
    assert {invariant.id for invariant in CLIENT_INVARIANTS} == STABLE_IDS


@each_invariant
def test_it_says_what_it_requires_and_where_that_comes_from(invariant: Invariant) -> None:
    assert invariant.requirement
    assert "\n" not in invariant.requirement
    pages = " ".join((DOCS / page).read_text(encoding="utf-8") for page in PAGES)
    assert f"**Source:** {invariant.section}" in " ".join(pages.split())


@each_invariant
def test_its_file_begins_with_its_id_and_has_a_test(invariant: Invariant) -> None:
    path = Path(inspect.getfile(invariant.judge))
    assert path.stem == invariant.id
    assert path.read_text(encoding="utf-8").startswith(f'"""{invariant.id}: ')
    assert Path(__file__).with_name(f"test_{invariant.id}.py").is_file()


@each_invariant
def test_an_empty_history_is_no_violation(invariant: Invariant) -> None:
    verdict = judge(invariant, History())
    assert verdict.outcome is not Outcome.FAIL
    assert "crashed" not in verdict.reason
