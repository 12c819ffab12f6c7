"""What is gathered from the events of a history is gathered once."""

from properties.model.events import StepBegan
from properties.model.history import History


def began(index: int) -> StepBegan:
    return StepBegan(float(index), index, f"step {index}")


def test_what_is_derived_is_made_once_for_the_same_events() -> None:
    made: list[int] = []

    def count(history: History) -> int:
        made.append(len(history.events))
        return len(history.events)

    history = History(events=[began(1)])
    assert [history.derived(count), history.derived(count)] == [1, 1]
    history.add(began(2))
    assert history.derived(count) == 2
    history.events[0] = began(3)
    assert history.derived(count) == 2
    assert made == [1, 2, 2]
