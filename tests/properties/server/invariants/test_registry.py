"""House rules for invariants: registered, described, tested, small, with an id that stays."""

import inspect
from pathlib import Path

import pytest

from properties.model.verdict import Invariant
from properties.server import invariants
from properties.server.invariants.registry import INVARIANTS

FOLDER = Path(next(iter(invariants.__path__)))
LONGEST = 300
NOT_INVARIANTS = {"__init__", "registry"}

# They appear in output, in JSON and in the documentation, so none may change or go.
STABLE_IDS = {
    "exact_echo",
    "clean_eof",
    "no_zombies",
    "no_stray_workers",
    "no_fd_leak",
    "listener_survives",
    "isolation",
    "prompt_service",
    "no_spin",
    "bounded_memory",
    "backpressure",
    "clean_restart",
    "clean_stop",
}

DOCS = Path(__file__).parents[4] / "docs"
PAGES = ("invariants.md", "clients.md")

each_invariant = pytest.mark.parametrize("invariant", INVARIANTS, ids=[i.id for i in INVARIANTS])


def test_every_file_in_the_folder_is_an_invariant_that_is_registered() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - NOT_INVARIANTS
    assert sorted(i.id for i in INVARIANTS) == sorted(files)


def test_the_ids_are_those_that_were_promised() -> None:
    assert {invariant.id for invariant in INVARIANTS} == STABLE_IDS


@each_invariant
def test_it_says_what_it_requires_and_where_that_comes_from(invariant: Invariant) -> None:
    assert invariant.requirement
    assert "\n" not in invariant.requirement
    pages = " ".join((DOCS / page).read_text(encoding="utf-8") for page in PAGES)
    assert f"**Source:** {invariant.section}" in " ".join(pages.split())


@each_invariant
def test_it_has_a_file_of_its_own_that_is_short(invariant: Invariant) -> None:
    path = Path(inspect.getfile(invariant.judge))
    assert path.stem == invariant.id
    assert len(path.read_text().splitlines()) <= LONGEST


@each_invariant
def test_its_file_begins_with_its_id(invariant: Invariant) -> None:
    text = Path(inspect.getfile(invariant.judge)).read_text()
    assert text.startswith(f'"""{invariant.id}: ')


@each_invariant
def test_it_has_a_test_file_of_its_own(invariant: Invariant) -> None:
    assert Path(__file__).with_name(f"test_{invariant.id}.py").is_file()
