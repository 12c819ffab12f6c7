"""When fresh servers do not serve one client alone, on histories written by hand."""

import pytest

from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.learnt import Learnt
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.limits.first_exchanges import OFTEN, FirstExchanges
from tests.properties.server.histories import history, stalled

SPINS = history(stalled(FIRST_EXCHANGE, "end", conclusion=Conclusion.BUSY))
SERVED = history()


def learnt_from(*histories: History) -> Learnt:
    learnt, exchanges = Learnt(), FirstExchanges()
    for one in histories:
        exchanges.take(one, learnt)
    return learnt


def test_a_client_that_waits_in_vain_on_each_fresh_server_is_not_served() -> None:
    assert learnt_from(*[SPINS] * (OFTEN - 1)).serves_nobody == ""
    words = learnt_from(*[SPINS] * OFTEN).serves_nobody
    assert "had waited in vain for its end on 3 fresh servers in a row" in words


def test_a_server_that_serves_one_now_and_then_is_tried_further() -> None:
    assert learnt_from(*[SPINS, SPINS, SERVED] * OFTEN).serves_nobody == ""


@pytest.mark.parametrize("conclusion", [Conclusion.SETTLED, Conclusion.STARVED])
def test_a_wait_that_was_short_or_proves_nothing_does_not_count(conclusion: Conclusion) -> None:
    other = history(stalled(FIRST_EXCHANGE, "end", conclusion=conclusion))
    assert learnt_from(*[other] * OFTEN).serves_nobody == ""


def test_the_waits_of_other_clients_do_not_count() -> None:
    other = history(stalled(1, "end", conclusion=Conclusion.BUSY))
    assert learnt_from(*[other] * OFTEN).serves_nobody == ""


def test_what_another_process_has_learnt_counts() -> None:
    learnt = Learnt()
    learnt.merge(learnt_from(*[SPINS] * OFTEN))
    assert learnt.serves_nobody
