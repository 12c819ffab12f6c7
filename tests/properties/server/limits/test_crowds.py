"""How many others a client has beside it, as the server may count them."""

from properties.model.events import Conclusion
from properties.server.events import Idled
from properties.server.limits.client_limit import beyond_the_limit, turned_away
from properties.server.limits.crowds import beside
from tests.properties.server.histories import (
    census,
    closed,
    connection,
    eof,
    half_life,
    history,
    limit_seen,
    opened,
)

RESTS = Idled(0, Conclusion.MET, "")


def test_those_that_are_connected_count() -> None:
    assert beside(history(half_life(1), half_life(2), opened(3), eof(3)))[3] == 2


def test_those_that_have_left_count_until_the_server_was_at_rest() -> None:
    left = (half_life(1), closed(1), connection(2))
    assert beside(history(*left, opened(3), eof(3)))[3] == 2
    assert beside(history(*left, RESTS, opened(3), eof(3)))[3] == 0
    assert beside(history(*left, census("after"), opened(3), eof(3)))[3] == 0


def test_a_client_that_sees_its_end_late_has_those_beside_it_that_were_there_when_it_came() -> None:
    assert beside(history(half_life(1), closed(1), opened(2), RESTS, eof(2)))[2] == 1


def test_a_client_that_comes_while_others_leave_has_both_beside_it() -> None:
    made = history(half_life(1), half_life(2), closed(2), opened(3), eof(3))
    assert beside(made)[3] == 2


def test_others_that_came_and_left_meanwhile_count_when_its_end_is_seen() -> None:
    made = history(opened(3), half_life(1), half_life(2), closed(2), eof(3))
    assert beside(made)[3] == 2


def test_a_client_that_was_ended_before_it_got_a_byte_was_turned_away() -> None:
    made = history(half_life(1), opened(2), eof(2))
    assert [record.client for record in turned_away(made)] == [2]
    assert turned_away(history(connection(1))) == []


def test_a_limit_that_nobody_has_met_excuses_nobody() -> None:
    assert beyond_the_limit(history(half_life(1), limit_seen(8))) is None
