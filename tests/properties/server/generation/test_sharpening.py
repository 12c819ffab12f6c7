"""What is added to a workload to make certain what it shows now and then."""

from faults.fault import Reading
from faults.payloads import A_LINE, Content, Payload
from faults.server.freeze import Freeze
from properties.model.steps import Inject, Workload
from properties.server.generation.sharpening import (
    MANY,
    MOST_ACTIONS,
    sharpened,
    with_rests,
    with_stops,
)
from properties.server.steps import (
    Continue,
    Fill,
    HalfClose,
    Open,
    Receive,
    Send,
    Silence,
    Standstill,
    Stop,
)

MUCH = Send(1, Payload(Content.LETTERS, MANY))


def test_the_server_comes_to_rest_after_each_step_that_does_not_wait_for_it() -> None:
    workload: Workload = (Open(1), Send(1, A_LINE), Receive(1), Inject(Freeze()), HalfClose(1))
    assert with_rests(workload) == (
        *(Open(1), Standstill(), Send(1, A_LINE), Standstill()),
        *(Receive(1), Inject(Freeze()), HalfClose(1), Standstill()),
    )


def test_a_long_workload_gets_no_rests() -> None:
    workload = tuple(Open(number) for number in range(1, MOST_ACTIONS + 2))
    assert with_rests(workload) == workload


def test_much_is_sent_until_the_server_cannot_write() -> None:
    assert (Open(1), Fill(1)) in sharpened((Open(1), MUCH))


def test_little_is_sent_as_it_was() -> None:
    tried = sharpened((Open(1), Send(1, A_LINE)))
    assert not any(isinstance(step, Fill) for workload in tried for step in workload)


def test_readers_are_late_while_the_server_comes_to_rest() -> None:
    late = (Open(1, Reading.LATE), Standstill(), MUCH, Standstill())
    assert late in sharpened((Open(1), MUCH))


def test_timers_are_waited_for_beside_a_client_of_its_own() -> None:
    assert (Open(1), HalfClose(1), Open(2), Silence()) in sharpened((Open(1), HalfClose(1)))


def test_what_several_steps_in_a_row_do_is_met_at_once_after_a_stop() -> None:
    workload = (Open(1), Send(1, A_LINE), Open(2), Send(2, A_LINE), Receive(1), HalfClose(1))
    assert with_stops(workload) == (
        *(Open(1), Open(2), Standstill()),
        *(Stop(), Send(1, A_LINE), Send(2, A_LINE), Continue()),
        *(Receive(1), HalfClose(1)),
    )


def test_nothing_is_tried_twice_or_as_it_was() -> None:
    workload = (Open(1), Standstill(), HalfClose(1), Standstill())
    tried = list(sharpened(workload))
    assert workload not in tried
    assert len(set(tried)) == len(tried)
