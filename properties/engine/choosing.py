"""Strategies for the choices of a workload, each made once.

Hypothesis examines a strategy when it is drawn from for the first time, which takes longer than to
draw. A workload draws dozens of times, mostly from the same few.

It is loaded by the first of these calls, which the generating modules therefore make where they
draw, not when they are loaded: most of a run's finite choices need no Hypothesis, and a first
violation comes sooner by the time that loading takes.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from hypothesis import strategies as st

Value = TypeVar("Value")
Given = ParamSpec("Given")

_kept = lru_cache(maxsize=1024, typed=True)
"""`typed`: 0 and False are different values."""


def among(*values: Value) -> "st.SearchStrategy[Value]":
    """Return the strategy for one of these values, the simplest first."""
    made: st.SearchStrategy[Value] = _among(*values)
    return made


def between(least: int, most: int) -> "st.SearchStrategy[int]":
    """Return the strategy for a whole number of at least `least` and at most `most`."""
    return _between(least, most)


def one_of(*strategies: "st.SearchStrategy[Value]") -> "st.SearchStrategy[Value]":
    """Return the strategy for a value of any of these, which come from this module."""
    made: st.SearchStrategy[Value] = _one_of(*strategies)
    return made


def either() -> "st.SearchStrategy[bool]":
    """Return the strategy for a truth value, False first."""
    from hypothesis import strategies

    return strategies.booleans()


def any_order(values: Sequence[Value]) -> "st.SearchStrategy[list[Value]]":
    """Return the strategy for an order of these values."""
    from hypothesis import strategies

    return strategies.permutations(values)


def times(
    one: "st.SearchStrategy[int]", other: "st.SearchStrategy[int]"
) -> "st.SearchStrategy[int]":
    """Return the strategy for the product of two numbers."""
    from hypothesis import strategies

    return strategies.builds(int.__mul__, one, other)


def composed(
    make: Callable[Concatenate["st.DrawFn", Given], Value],
) -> Callable[Given, "st.SearchStrategy[Value]"]:
    """Make of a function that draws one that returns its strategy, as Hypothesis' `composite`."""

    @wraps(make)
    def strategy(*args: Given.args, **kwargs: Given.kwargs) -> "st.SearchStrategy[Value]":
        made: st.SearchStrategy[Value] = _composite(make)(*args, **kwargs)
        return made

    return strategy


@_kept
def _composite(make: Callable[..., Any]) -> Any:
    from hypothesis import strategies

    return strategies.composite(make)


@_kept
def _among(*values: Any) -> "st.SearchStrategy[Any]":
    from hypothesis import strategies

    return strategies.sampled_from(values)


@_kept
def _between(least: int, most: int) -> "st.SearchStrategy[int]":
    from hypothesis import strategies

    return strategies.integers(least, most)


@_kept
def _one_of(*several: "st.SearchStrategy[Any]") -> "st.SearchStrategy[Any]":
    from hypothesis import strategies

    return strategies.one_of(*several)
