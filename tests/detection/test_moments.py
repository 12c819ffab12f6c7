"""Each moment and state has mutants in both languages, and a variant that looks similar."""

from pathlib import Path

import pytest

from tests.detection.moments import LANGUAGES, MOMENTS, Moment
from tests.mutants.catalogue import (
    CLIENT_MUTANTS,
    CLIENT_VARIANTS,
    MUTANTS,
    VARIANTS,
    Mutant,
)

ALL_MUTANTS = (*MUTANTS, *CLIENT_MUTANTS)
ALL_VARIANTS = (*VARIANTS, *CLIENT_VARIANTS)

TOLD = Moment("it is told to stop", ("stops",), mutants=("spin_told",), fault="stops")

each = pytest.mark.parametrize("moment", MOMENTS, ids=[moment.title for moment in MOMENTS])


def mutant(name: str, fault: str) -> Mutant:
    return Mutant(name, Path(f"{name}.py"), "a mistake (UNP 5.16)", "clean_stop", fault)


def test_a_mutant_belongs_to_a_moment_by_its_fault() -> None:
    assert TOLD.has(mutant("stop_late", "stops"))
    assert not TOLD.has(mutant("stop_late", "control"))


def test_a_mutant_belongs_to_a_moment_by_its_name() -> None:
    assert TOLD.has(mutant("spin_told", "control"))


@pytest.mark.parametrize("suffix", LANGUAGES)
@each
def test_each_moment_has_two_mutants_in_each_language(moment: Moment, suffix: str) -> None:
    assert len(moment.mutants_in(suffix, ALL_MUTANTS)) >= 2


@each
def test_each_moment_has_a_variant_that_looks_similar(moment: Moment) -> None:
    assert moment.variants_among(ALL_VARIANTS) != []


@each
def test_each_name_is_that_of_a_program(moment: Moment) -> None:
    assert {*moment.mutants} <= {one.name for one in ALL_MUTANTS}
    assert {*moment.variants} <= {one.name for one in ALL_VARIANTS}
