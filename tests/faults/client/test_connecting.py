"""In the way of the client's connect: no listener, a full queue, a reset in the queue."""

from faults.client.connecting import HinderConnect, Hindrance
from faults.fault import Status
from properties.client.events import Accepted, Exited, Refused, Started
from properties.client.steps import Accept
from tests.faults.client_runs import became_of, history_of


def test_a_connection_is_refused() -> None:
    made = history_of(HinderConnect(Hindrance.REFUSED))
    assert next(made.of(Refused)).waiting == 0
    assert not any(made.of(Accepted))
    assert next(made.of(Exited)).status == 1


def test_a_connection_is_reset_where_it_waits_to_be_accepted() -> None:
    made = history_of(HinderConnect(Hindrance.RESET_PENDING))
    assert next(made.of(Refused)).waiting == 1
    assert not any(made.of(Accepted))


def test_a_full_queue_makes_the_client_send_its_syn_again() -> None:
    made = history_of(HinderConnect(Hindrance.SLOW))
    # The first retransmission comes after a second (RFC 6298, 2.1).
    assert next(made.of(Accepted)).at - next(made.of(Started)).at >= 0.9
    assert next(made.of(Exited)).status == 0


def test_it_comes_too_late_for_a_client_that_is_connected() -> None:
    status, words = became_of(Accept(), HinderConnect(Hindrance.REFUSED))
    assert status is Status.MISSED
    assert "comes first" in words
