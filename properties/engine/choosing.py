"""Strategies for the choices of a workload, each made once.

Hypothesis examines a strategy when it is drawn from for the first time, which takes longer than to
draw. A workload draws dozens of times, mostly from the same few.
"""

from functools import lru_cache
from typing import Any, TypeVar

from hypothesis import strategies as st

Value = TypeVar("Value")

_kept = lru_cache(maxsize=1024, typed=True)
"""`typed`: 0 and False are different values."""


def among(*values: Value) -> st.SearchStrategy[Value]:
    """Return the strategy for one of these values, the simplest first."""
    made: st.SearchStrategy[Value] = _among(*values)
    return made


def between(least: int, most: int) -> st.SearchStrategy[int]:
    """Return the strategy for a whole number of at least `least` and at most `most`."""
    return _between(least, most)


def one_of(*strategies: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    """Return the strategy for a value of any of these, which come from this module."""
    made: st.SearchStrategy[Value] = _one_of(*strategies)
    return made


@_kept
def _among(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


@_kept
def _between(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least, most)


@_kept
def _one_of(*strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(*strategies)
