"""The same draws from one seed, whatever modules are loaded."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from properties.search.same_draws import COLLECTS, same_draws_everywhere

UNUSUAL = [1_000_003 * number for number in range(1, 40)]


def drawn() -> list[int]:
    """Return what one seed draws."""
    numbers: list[int] = []

    def keep(number: int) -> None:
        numbers.append(number)

    test = settings(
        max_examples=200,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(seed(1)(given(st.integers(0, 10**9))(keep)))
    with same_draws_everywhere():
        test()
    return numbers


def test_the_constants_of_a_module_do_not_change_what_a_seed_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drawn()
    source = tmp_path / "unusual.py"
    source.write_text(f"NUMBERS = {UNUSUAL}\n")
    module = ModuleType("unusual")
    module.__file__ = str(source)
    monkeypatch.setitem(sys.modules, "unusual", module)
    assert drawn() == before
    assert not set(before) & set(UNUSUAL)


def test_hypothesis_is_left_as_it_was() -> None:
    before = getattr(providers, COLLECTS)
    with same_draws_everywhere():
        assert getattr(providers, COLLECTS) is not before
    assert getattr(providers, COLLECTS) is before
