"""The tester on known-bad servers and on unusual correct ones: the proof that it can be trusted.

Every mutant must be caught by the invariant that names its mistake, and no variant may be accused.
A few dozen workloads of one family are enough for each; the seed is fixed, so a miss can be seen
again.
"""

from functools import partial
from pathlib import Path

import pytest

from properties.execute import Rules
from properties.explore import Exploration
from properties.families import CONTROL, FAMILIES, Family
from properties.laboratory import Laboratory, Subject
from properties.options import ONCE
from properties.verdict import Outcome, Sequel
from target.command import Command
from tests.detection.search import detect
from tests.mutants.catalogue import MUTANTS, SYSCALL, VARIANTS, Mutant, Variant, build

SEEN_FROM_OUTSIDE = tuple(mutant for mutant in MUTANTS if mutant.fault != SYSCALL)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", SEEN_FROM_OUTSIDE, ids=[m.name for m in SEEN_FROM_OUTSIDE])
def test_a_mutant_is_caught_by_the_invariant_that_names_its_mistake(
    mutant: Mutant, tmp_path: Path
) -> None:
    found = detect(mutant, build(mutant, tmp_path))
    assert found.trial is not None, (found.workloads, found.others)


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS, ids=[v.name for v in VARIANTS])
def test_a_correct_server_is_not_accused(variant: Variant, tmp_path: Path) -> None:
    subject = Subject("127.0.0.1", Command(build(variant, tmp_path)))
    laboratory = Laboratory(subject, Rules(patience=5.0))
    accused = {}
    try:
        for family in FAMILIES:
            for sequel, examples in ((None, 6), *_sequels(family)):
                exploration = Exploration(laboratory, family, examples, seed=1, shrink=False)
                cells = exploration.run(partial(laboratory.try_with, sequel)).cells
                accused.update(
                    {(family.name, n): c.reason for n, c in cells.items() if _is_bad(c.outcome)}
                )
    finally:
        laboratory.close()
    assert accused == {}


def _sequels(family: Family) -> tuple[tuple[Sequel, int], ...]:
    return tuple((sequel, 1) for sequel in Sequel if sequel not in ONCE or family is CONTROL)


def _is_bad(outcome: Outcome) -> bool:
    return outcome is Outcome.FAIL
