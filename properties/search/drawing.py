"""Drawing workloads from a strategy, each once: the only thing that Hypothesis does in a search.

It is loaded when something is drawn for the first time (`properties.engine.choosing` says why).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from properties.model.steps import Workload

if TYPE_CHECKING:
    from hypothesis import strategies as st


class _Enough(BaseException):
    """Ends Hypothesis' search at once. The cause is the error of an examination, if it failed.

    Hypothesis would repeat a workload whose examination raised an ordinary exception.
    """


def draw(
    strategy: "st.SearchStrategy[Workload]",
    most: int,
    number: int,
    examine: Callable[[Workload], bool],
) -> None:
    """Draw workloads from the seed with this number until one is enough, `most` at the most.

    `examine` returns whether a workload is the last one. What it raises ends the search as well.
    """
    from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

    from properties.search.same_draws import same_draws_everywhere

    def examined(workload: Workload) -> None:
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


def load() -> None:
    """Load what drawing needs, so that processes which are forked later need not."""
    import hypothesis.strategies  # noqa: F401

    import properties.search.same_draws  # noqa: F401
