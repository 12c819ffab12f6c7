"""Growth is looked into by as many exchanges as it takes to show it, and by no more."""

from properties.server.follow_ups.memory_growth import (
    ENOUGH,
    LEAST_CONNECTIONS,
    MOST_GROWTH,
    ROUNDS,
    SMALLEST_LEAK,
    Round,
    size_of_rounds,
)


def planned(each: int) -> int:
    """Return how many exchanges all rounds have together, for a leak of so many bytes each."""
    return ROUNDS * size_of_rounds(Round(100, 100 * each, 100 * each))


def test_the_smallest_leak_is_repeated_until_it_is_large() -> None:
    assert ENOUGH < planned(SMALLEST_LEAK) * SMALLEST_LEAK < 2 * ENOUGH


def test_a_large_leak_is_repeated_until_a_collector_would_have_run() -> None:
    assert planned(32 << 10) >= LEAST_CONNECTIONS


def test_a_huge_leak_does_not_fill_the_machine() -> None:
    each = 1 << 20
    assert planned(each) * each <= MOST_GROWTH + ROUNDS * each


def test_growth_below_the_smallest_leak_is_none() -> None:
    assert not Round(100, 100 * SMALLEST_LEAK - 1, 0).grew
    assert Round(100, 100 * SMALLEST_LEAK, 0).grew
    assert not Round(0, 0, 0).grew
