"""Workloads are drawn in searches of bounded size: what Hypothesis keeps of one does not grow."""

import pytest
from hypothesis import strategies as st

from properties.model.steps import Workload
from properties.search import drawing, heap
from properties.server.steps import Open

MANY = st.integers(1, 1_000_000).map(lambda number: (Open(number),))
FEW = st.sampled_from([(Open(1),), (Open(2),), (Open(3),)])


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "AT_ONCE", 5)


def drawn(
    strategy: "st.SearchStrategy[Workload]", most: int, last: int = 1000, number: int = 1
) -> list[Workload]:
    """Return the workloads that are drawn until so many were, or the one that is the last."""
    found: list[Workload] = []

    def examine(workload: Workload) -> bool:
        found.append(workload)
        return len(found) == last

    drawing.draw(strategy, most, number, examine)
    return found


def test_several_searches_draw_as_many_as_one() -> None:
    found = drawn(MANY, 12)
    assert len(found) == 12
    assert len(set(found)) > 8


def test_the_same_seed_draws_the_same_in_every_search() -> None:
    assert drawn(MANY, 12) == drawn(MANY, 12)
    assert drawn(MANY, 12) != drawn(MANY, 12, number=2)


def test_the_last_one_ends_all_searches() -> None:
    assert len(drawn(MANY, 100, last=7)) == 7


def test_where_few_are_different_no_search_draws_them_again() -> None:
    assert len(drawn(FEW, 100)) == 3


def test_memory_is_given_back_when_many_were_drawn_in_however_many_searches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[int] = []
    monkeypatch.setattr(heap, "give_back", lambda: given.append(1))
    monkeypatch.setattr(drawing, "_MEMORY", drawing._Memory())  # noqa: SLF001
    monkeypatch.setattr(drawing, "GIVEN_BACK", 4)
    drawn(MANY, 12)
    assert len(given) == 2
    drawn(MANY, 1)
    assert len(given) == 2
    drawn(MANY, 1)
    assert len(given) == 3
