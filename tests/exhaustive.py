"""Parameters of tests of which some are left to `pytest --exhaustive`."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet

One = TypeVar("One")


def parameters(
    of: Iterable[One], name: Callable[[One], str], is_left_out: Callable[[One], bool]
) -> list[ParameterSet]:
    """Return a parameter for each, with its name; what is left out is tried with --exhaustive."""
    return [
        pytest.param(one, id=name(one), marks=[pytest.mark.exhaustive] if is_left_out(one) else [])
        for one in of
    ]
