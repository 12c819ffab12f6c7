"""When each fresh server fails without a fault, on histories written by hand."""

import pytest

from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.learnt import Learnt
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.limits.fresh_servers import OFTEN, FreshServers
from tests.properties.server.histories import history, stalled

SPINS = history(stalled(FIRST_EXCHANGE, "end", conclusion=Conclusion.BUSY))
SERVED = history()


def learnt_from(*histories: History, spins: bool = False) -> Learnt:
    learnt, servers = Learnt(), FreshServers()
    for one in histories:
        servers.take(one, learnt, spins=spins)
    return learnt


def test_a_client_that_waits_in_vain_on_each_fresh_server_is_not_served() -> None:
    assert learnt_from(*[SPINS] * (OFTEN - 1)).plain_fails == ""
    words = learnt_from(*[SPINS] * OFTEN).plain_fails
    assert "had waited in vain for its end on 3 fresh servers in a row" in words


def test_a_server_that_serves_one_now_and_then_is_tried_further() -> None:
    assert learnt_from(*[SPINS, SPINS, SERVED] * OFTEN).plain_fails == ""


@pytest.mark.parametrize("conclusion", [Conclusion.SETTLED, Conclusion.STARVED])
def test_a_wait_that_was_short_or_proves_nothing_does_not_count(conclusion: Conclusion) -> None:
    other = history(stalled(FIRST_EXCHANGE, "end", conclusion=conclusion))
    assert learnt_from(*[other] * OFTEN).plain_fails == ""


def test_the_waits_of_other_clients_do_not_count() -> None:
    other = history(stalled(1, "end", conclusion=Conclusion.BUSY))
    assert learnt_from(*[other] * OFTEN).plain_fails == ""


def test_what_another_process_has_learnt_counts() -> None:
    learnt = Learnt()
    learnt.merge(learnt_from(*[SPINS] * OFTEN))
    assert learnt.plain_fails


def test_a_server_that_never_rests_before_a_client_comes_is_told_as_such() -> None:
    assert learnt_from(*[SERVED] * (OFTEN - 1), spins=True).plain_fails == ""
    words = learnt_from(*[SERVED] * OFTEN, spins=True).plain_fails
    assert "3 fresh servers in a row had computed without end before any client came" in words
