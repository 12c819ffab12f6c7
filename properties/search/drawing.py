"""Drawing workloads from a strategy, each once: the only thing that Hypothesis does in a search.

It is loaded when something is drawn for the first time (`properties.engine.choosing` says why).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from properties.model.steps import Workload
from properties.search import heap

if TYPE_CHECKING:
    from hypothesis import strategies as st


AT_ONCE = 250
"""Workloads of one search: Hypothesis keeps all that it has drawn in it, some 18 KiB for each. The
next search may draw some again: of 4,000, one in twenty more than in searches of 1,000."""

GIVEN_BACK = 25
"""Workloads that were asked for, in one search or in several, after which memory is given back. A
search that goes on refers to all that it has drawn."""

SEED_BITS = 64
"""A seed has no more; the searches after the first have numbers above that."""


class _Enough(BaseException):
    """Ends Hypothesis' search at once. The cause is the error of an examination, if it failed.

    Hypothesis would repeat a workload whose examination raised an ordinary exception.
    """


@dataclass
class _Memory:
    """When memory is given back: searches asked for so many workloads since it was."""

    asked: int = 0

    def search_ended(self, asked: int) -> None:
        """Count the workloads that a search has asked for; give memory back after many."""
        self.asked += asked
        if self.asked >= GIVEN_BACK:
            self.asked = 0
            heap.give_back()


_MEMORY = _Memory()


def draw(
    strategy: "st.SearchStrategy[Workload]",
    most: int,
    number: int,
    examine: Callable[[Workload], bool],
) -> None:
    """Draw workloads from the seed with this number until one is enough, `most` at the most.

    `examine` returns whether a workload is the last one. What it raises ends the search as well.
    """
    left, search = most, 0
    while left > 0:
        asked = min(left, AT_ONCE)
        drawn = _draw_some(strategy, asked, number + (search << SEED_BITS), examine)
        # Where there are fewer different ones another search would only draw them again.
        left, search = left - drawn if drawn == asked else 0, search + 1
        _MEMORY.search_ended(asked)


def _draw_some(
    strategy: "st.SearchStrategy[Workload]",
    most: int,
    number: int,
    examine: Callable[[Workload], bool],
) -> int:
    """Draw workloads in one search; return how many, 0 where one was the last."""
    from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

    from properties.search.same_draws import same_draws_everywhere

    drawn = 0

    def examined(workload: Workload) -> None:
        nonlocal drawn
        drawn += 1
        try:
            is_last = examine(workload)
        except Exception as error:
            raise _Enough from error
        if is_last:
            raise _Enough

    test = settings(
        max_examples=most,
        database=None,
        deadline=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )(seed(number)(given(strategy)(examined)))
    try:
        with same_draws_everywhere():
            test()
    except _Enough as enough:
        if enough.__cause__ is not None:
            raise enough.__cause__ from None
        return 0
    return drawn


def load() -> None:
    """Load what drawing needs, so that processes which are forked later need not."""
    import hypothesis.strategies  # noqa: F401

    import properties.search.same_draws  # noqa: F401
