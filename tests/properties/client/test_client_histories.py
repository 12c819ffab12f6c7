"""The hand-written histories of clients look like those of the interpreter."""

import pytest

from faults.client_context import PeerEnd
from properties.client.events import (
    Answered,
    Delivered,
    InputEnded,
    PeerEnded,
    Printed,
    Said,
    Taken,
    Typed,
)
from properties.client.invariants.registry import CLIENT_INVARIANTS
from properties.model.verdict import Outcome, judge
from tests.properties.client.histories import (
    connected,
    ended,
    exchange,
    fin,
    history,
    input_ended,
    says,
    surplus,
    typed,
    well_ended,
)


def test_events_keep_their_order_and_their_times_rise() -> None:
    made = history(typed(3), [typed(4), ended(0)])
    assert [event.at for event in made.events] == [0, 1, 2]


@pytest.mark.parametrize("kind", [Typed, Taken, Answered, Printed])
def test_bytes_add_up_in_each_direction(kind: type[Typed | Taken | Answered | Printed]) -> None:
    made = history(exchange(3), exchange(4))
    assert [event.total for event in made.of(kind)] == [3, 7]


def test_what_is_delivered_is_all_that_was_answered() -> None:
    made = history(exchange(3), exchange(4))
    assert [event.total for event in made.of(Delivered)] == [3, 7]


def test_what_is_owed_at_an_end_follows_from_the_bytes_and_a_surplus_pays_nothing() -> None:
    made = history(exchange(3), typed(4), surplus(2), input_ended(), fin())
    (said,) = made.of(Said)
    (input_end,) = made.of(InputEnded)
    (end,) = made.of(PeerEnded)
    assert (said.count, input_end.owed, end.owed) == (2, 4, 4)


def test_the_input_is_open_until_it_has_ended() -> None:
    made = history(fin(), input_ended(), fin())
    assert [event.input_open for event in made.of(PeerEnded)] == [True, False]
    assert all(event.how is PeerEnd.CLOSE for event in made.of(PeerEnded))


def test_a_run_on_which_all_is_well_is_blamed_by_no_invariant() -> None:
    made = history(connected(), exchange(), well_ended())
    outcomes = {invariant.id: judge(invariant, made).outcome for invariant in CLIENT_INVARIANTS}
    assert set(outcomes.values()) <= {Outcome.PASS, Outcome.NOT_APPLICABLE}


def test_a_run_that_ends_early_and_is_reported_is_blamed_by_no_invariant() -> None:
    made = history(connected(), exchange(), typed(5), fin(), says("EOF"), input_ended(), ended(1))
    outcomes = {invariant.id: judge(invariant, made).outcome for invariant in CLIENT_INVARIANTS}
    assert set(outcomes.values()) <= {Outcome.PASS, Outcome.NOT_APPLICABLE}
