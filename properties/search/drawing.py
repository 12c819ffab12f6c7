"""Drawing workloads from a strategy, each once: the only thing that Hypothesis does in a search.

It is loaded when something is drawn for the first time (`properties.engine.choosing` says why).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from properties.model.steps import Workload

if TYPE_CHECKING:
    from hypothesis import strategies as st


def draw(
    strategy: "st.SearchStrategy[Workload]",
    examples: int,
    number: int,
    examine: Callable[[Workload], None],
) -> None:
    """Draw so many workloads from the seed with this number, and examine each."""
    from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

    from properties.search.same_draws import same_draws_everywhere

    test = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )(seed(number)(given(strategy)(examine)))
    with same_draws_everywhere():
        test()


def load() -> None:
    """Load what drawing needs, so that processes which are forked later need not."""
    import hypothesis.strategies  # noqa: F401

    import properties.search.same_draws  # noqa: F401
