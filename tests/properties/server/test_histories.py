"""The hand-written histories look like those of the interpreter."""

from properties.model.events import Event, StepBegan
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.verdict import Outcome, judge
from properties.server.events import Census, Opened, Received, Sent
from properties.server.execute import execute
from properties.server.invariants.registry import INVARIANTS
from properties.server.process_events import (
    ProcessAppeared,
    ProcessEnded,
    ServerFound,
    Serving,
    Waiting,
    ZombieReaped,
)
from tests.properties.server.histories import (
    after_all,
    before_all,
    connection,
    history,
    opened,
    received,
    sent,
)
from tests.properties.server_runs import serving

SIGHTINGS = (ProcessAppeared, ProcessEnded, ServerFound, Serving, Waiting, ZombieReaped)
"""What no invariant reads, and what is seen of it depends on when a look is taken."""


def test_events_keep_their_order_and_their_times_rise() -> None:
    made = history(opened(1), [sent(1, 3), received(1, 3)])
    assert [type(event) for event in made.events] == [Opened, Sent, Received]
    assert [event.at for event in made.events] == [0, 1, 2]


def test_what_is_owed_and_received_adds_up_for_each_client() -> None:
    made = history(sent(1, 3), sent(2, 5), sent(1, 4), received(1, 2), received(1, 1))
    assert [(event.client, event.owed) for event in made.of(Sent)] == [(1, 3), (2, 5), (1, 7)]
    assert [event.total for event in made.of(Received)] == [2, 3]


def test_a_history_by_address_has_seen_no_processes() -> None:
    assert not history(by_address=True).processes_seen
    assert history().processes_seen


def test_a_history_in_which_all_is_well_fails_nothing() -> None:
    well = history(before_all(), connection(1), after_all())
    failed = [i.id for i in INVARIANTS if judge(i, well).outcome is Outcome.FAIL]
    assert failed == []


def test_a_hand_written_history_has_the_course_of_a_real_one() -> None:
    with serving() as server:
        real = execute((), server, Rules())
    assert _course(real) == _course(history(before_all(), after_all()))


def _course(of: History) -> list[tuple[type[Event], object]]:
    return [
        (type(event), getattr(event, "client", getattr(event, "label", None)))
        for event in of.events
        if not isinstance(event, (StepBegan, *SIGHTINGS))
    ]


def test_a_real_census_at_rest_has_no_more_than_a_hand_written_one() -> None:
    with serving() as server:
        real = execute((), server, Rules())
    assert [(c.label, c.zombies, c.strays) for c in real.of(Census)] == [
        ("after", (), ()),
        ("end", (), ()),
    ]
