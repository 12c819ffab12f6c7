"""computing: how long a thread computes, by what each look finds."""

from faults.scheduling.computing import MOST_A_LOOK, Computing


def seconds(*used: float) -> float:
    """Return what is known after a thread has had these processor times at its looks."""
    times = iter(used)
    computing = Computing(lambda _: next(times))
    return [computing.look(1) for _ in used][-1]


def test_what_it_had_before_the_first_look_does_not_count() -> None:
    assert seconds(5.0) == 0.0


def test_what_it_uses_between_looks_adds_up() -> None:
    assert round(seconds(5.0, 5.01, 5.015), 6) == 0.015


def test_a_leap_is_a_machine_that_stood_still() -> None:
    assert seconds(5.0, 6.0) == MOST_A_LOOK


def test_threads_are_counted_apart() -> None:
    used = {1: iter((0.0, 0.01)), 2: iter((3.0, 3.0))}
    computing = Computing(lambda thread: next(used[thread]))
    found = [computing.look(thread) for thread in (1, 2, 1, 2)]
    assert found == [0.0, 0.0, 0.01, 0.0]
