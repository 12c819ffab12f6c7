"""Strategies for choices are made once, and equal values of two kinds are not confused."""

import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from properties.engine.choosing import among, between, one_of

ROOT = Path(__file__).parents[3]


def test_the_same_choice_has_one_strategy() -> None:
    assert among(1, 2) is among(1, 2)
    assert between(1, 9) is between(1, 9)
    assert one_of(among(1), between(2, 3)) is one_of(among(1), between(2, 3))


@settings(max_examples=20, database=None)
@given(st.data())
def test_numbers_are_no_truth_values(data: st.DataObject) -> None:
    numbers, truths = among(0, 1), among(False, True)
    assert type(data.draw(numbers)) is int
    assert type(data.draw(truths)) is bool


def test_hypothesis_is_not_loaded_before_something_is_drawn() -> None:
    program = (
        "import sys\n"
        "import properties.cli.check\n"
        "from properties.roles import ROLES\n"
        "from properties.search.drawing import load\n"
        "known = [role.families for role in ROLES.values()]\n"
        "assert 'hypothesis' not in sys.modules\n"
        "load()\n"
        "assert 'hypothesis.strategies' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
