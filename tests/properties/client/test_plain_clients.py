"""When each client fails without a fault, on histories written by hand."""

from properties.client.events import Awaited, Waited
from properties.client.harness import OFTEN, PlainClients
from properties.client.steps import Answer
from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.learnt import Learnt
from properties.model.steps import Inject, Workload
from tests.faults.client_runs import EXAMPLES
from tests.properties.client.histories import history

PLAIN: Workload = (Answer(),)
WITH_A_FAULT: Workload = (Answer(), Inject(next(iter(EXAMPLES))))


def ended_by(conclusion: Conclusion) -> History:
    return history(Waited(0, Awaited.EXIT, conclusion, "it runs"))


SPINS, ENDED = ended_by(Conclusion.BUSY), ended_by(Conclusion.MET)


def learnt_from(*histories: History, workload: Workload = PLAIN) -> str:
    learnt, clients = Learnt(), PlainClients()
    for one in histories:
        clients.take(workload, one, learnt)
    return learnt.plain_fails


def test_clients_that_never_do_what_is_waited_for_fail_without_a_fault() -> None:
    assert learnt_from(*[SPINS] * (OFTEN - 1)) == ""
    words = learnt_from(*[SPINS] * OFTEN)
    assert "6 clients in a row, without a fault, had been waited for in vain to end" in words


def test_one_that_does_it_now_and_then_is_tried_further() -> None:
    assert learnt_from(*[SPINS, SPINS, ENDED] * OFTEN) == ""


def test_what_a_fault_may_have_caused_does_not_count() -> None:
    assert learnt_from(*[SPINS] * OFTEN, workload=WITH_A_FAULT) == ""


def test_a_machine_that_gave_too_little_time_proves_nothing() -> None:
    assert learnt_from(*[ended_by(Conclusion.STARVED)] * OFTEN) == ""
