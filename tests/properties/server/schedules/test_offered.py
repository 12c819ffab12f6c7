"""A racy workload as schedules: its deeds in orders that may show its mistake each time."""

from faults.payloads import A_LINE
from faults.scheduling.deeds import Deed, What
from faults.scheduling.priorities import SERVER, WORKERS
from faults.scheduling.trace import Place
from faults.server.disconnect_burst import DisconnectBurst, Manner
from faults.server.freeze import Freeze
from faults.server.schedules import Schedule
from properties.model.history import History
from properties.model.steps import Inject, Workload
from properties.model.trial import Trial
from properties.server.schedules.events import Scheduled
from properties.server.schedules.offered import in_schedules
from properties.server.steps import Close, Open, Receive, Send

LEAVES: Workload = (Open(1), Send(1, A_LINE), Receive(1), Close(1))
DEEDS = (Deed(1, What.CONNECT), Deed(1, What.SEND), Deed(1, What.CLOSE))
PLACES = (Place("c1", "connect"), Place("listener", "accept"))


def nothing() -> Trial | None:
    return None


def trial() -> Trial | None:
    history = History(processes_seen=True)
    history.add(Scheduled(0.1, PLACES, ("c1", "listener")))
    return Trial(LEAVES, history, {})


def schedules(found: list[Workload]) -> list[Schedule]:
    return [step.fault for (step,) in found if isinstance(step, Inject)]  # type: ignore[misc]


def test_the_deeds_of_its_clients_are_tried_in_three_orders() -> None:
    found = schedules(list(in_schedules(LEAVES, nothing)))
    assert [(one.deeds, one.order) for one in found] == [
        (DEEDS, (SERVER,)),
        (DEEDS, ()),
        (DEEDS, (WORKERS,)),
    ]


def test_then_each_call_that_was_seen_comes_once_behind_all_others() -> None:
    found = schedules(list(in_schedules(LEAVES, trial)))
    assert [(one.order, one.changes) for one in found[3:]] == [
        ((SERVER,), (PLACES[1],)),
        ((), (PLACES[1],)),
    ]


def test_a_burst_of_ends_is_deeds_as_well() -> None:
    burst = Inject(DisconnectBurst((1, 2), Manner.RST, frozen=True))
    (first, *_) = schedules(list(in_schedules((Open(1), Open(2), burst), nothing)))
    assert first.deeds[2:] == (Deed(1, What.RESET), Deed(2, What.RESET))


def test_a_workload_that_says_more_than_deeds_is_not_offered() -> None:
    assert list(in_schedules((Open(1), Inject(Freeze())), nothing)) == []


def test_nor_is_one_with_very_many_deeds() -> None:
    many = tuple(Open(client) for client in range(1, 30))
    assert list(in_schedules(many, nothing)) == []
