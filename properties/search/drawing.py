"""Drawing workloads from a strategy, each once: the only thing that Hypothesis does in a search."""

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from properties.model.steps import Workload
from properties.search.same_draws import same_draws_everywhere


def draw(
    strategy: st.SearchStrategy[Workload],
    examples: int,
    number: int,
    examine: Callable[[Workload], None],
) -> None:
    """Draw so many workloads from the seed with this number, and examine each."""
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
