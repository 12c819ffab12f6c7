"""schedules: the calls of a server go on one at a time, in an order that is chosen."""

import pytest

from faults.fault import Status
from faults.gate.calls import Kind
from faults.scheduling.deeds import Deed, Sign, What
from faults.scheduling.priorities import SERVER, WORKERS
from faults.scheduling.trace import Place
from faults.server.schedules import Schedule
from properties.model.history import History
from properties.model.steps import Inject, Step, Workload, clients, with_numbers
from properties.server.schedules.events import Scheduled
from properties.server.steps import Receive, Send
from target.command import REFERENCE, Command
from tests.faults.contexts import A_WORD
from tests.properties.server_runs import compiled, in_doubt, only_injected, run, variant, violated


def deeds(client: int, *done: What) -> tuple[Deed, ...]:
    return tuple(Deed(client, what) for what in done)


COME = (What.CONNECT, What.SEND)
LEAVE = (*deeds(1, *COME, What.CLOSE), *deeds(2, *COME, What.CLOSE))
STAY = (*deeds(1, *COME, What.CLOSE), *deeds(2, *COME))
SERVED = (Send(2, A_WORD), Receive(2))


def scheduled(schedule: Schedule, command: Command = REFERENCE, *after: Step) -> History:
    """Run a workload of this schedule, and of what comes after it."""
    return run((Inject(schedule), *after), command)


def turns(history: History) -> list[str]:
    """Return what went on, in order."""
    (event,) = history.of(Scheduled)
    return [f"{one.actor}: {one.call}" for one in event.turns]


def test_one_call_at_a_time_goes_on_until_nothing_is_left() -> None:
    history = scheduled(Schedule(LEAVE))
    assert only_injected(history).status is Status.FIRED
    assert turns(history)[:6] == [
        *("c1: connect", "c1: send", "c1: close"),
        *("c2: connect", "c2: send", "c2: close"),
    ]
    assert turns(history)[6:8] == ["listener: accept", "listener: fork"]
    assert {"worker 1: exit", "worker 2: exit"} <= set(turns(history))
    assert in_doubt(history) == {}


@pytest.mark.parametrize("order", [(), (SERVER,), (WORKERS,), ("worker 1", "c2", "listener")])
def test_the_same_order_again_is_the_same_run(order: tuple[str, ...]) -> None:
    schedule = Schedule(LEAVE, order=order)
    once, again = scheduled(schedule), scheduled(schedule)
    assert only_injected(once).status is only_injected(again).status is Status.FIRED
    assert turns(once) == turns(again)


def test_at_a_change_point_all_others_go_first() -> None:
    place = Place("worker 1", "close")
    history = scheduled(Schedule(LEAVE, order=(SERVER,), changes=(place,)))
    assert turns(history).index("worker 1: close") > turns(history).index("worker 2: exit")


def test_a_change_point_that_is_not_met_is_told() -> None:
    place = Place("worker 9", "close")
    history = scheduled(Schedule(LEAVE, changes=(place,)))
    assert "not met: close number 1 of worker 9" in only_injected(history).detail


def test_a_sequence_is_kept() -> None:
    sequence = (
        Place("c2", "close"),
        Place("worker 2", "exit"),
        Place("c1", "close"),
        Place("worker 1", "exit"),
    )
    history = scheduled(Schedule(LEAVE, sequence=sequence))
    found = [turn for turn in turns(history) if turn.endswith((": exit", "1: close", "2: close"))]
    assert found.index("c2: close") < found.index("worker 2: exit")
    assert found.index("worker 2: exit") < found.index("c1: close") < found.index("worker 1: exit")


def test_fewer_kinds_of_calls_can_be_held() -> None:
    history = scheduled(Schedule(LEAVE, held=(Kind.EXIT,)))
    calls = {turn for turn in turns(history) if not turn.startswith("c")}
    assert calls == {"worker 1: exit", "worker 2: exit"}


def test_a_worker_is_killed_in_its_turn() -> None:
    history = scheduled(Schedule((*deeds(1, *COME, What.KILL), *deeds(2, *COME))))
    assert "c1: kill" in turns(history)
    assert only_injected(history).disturbed == frozenset({1})
    assert violated(history) == []


def test_a_signal_comes_in_its_turn() -> None:
    history = scheduled(Schedule(deeds(1, *COME), (Sign(),)))
    assert "signal: caught signal" in turns(history)
    assert violated(history) == []


def test_a_signal_that_has_come_while_a_call_was_held_is_handled_before_it() -> None:
    place = Place("listener", "pause")
    schedule = Schedule(LEAVE, order=(SERVER,), changes=(place,))
    assert "no_zombies" in violated(scheduled(schedule, compiled("order_pause_flag")))
    assert violated(scheduled(schedule, variant("orderly_pause_flag"))) == []


def test_a_number_that_is_closed_twice_is_the_next_clients() -> None:
    schedule = Schedule(STAY, order=(SERVER,), changes=(Place("worker 1", "close", 2),))
    # Its end has come before its next line is sent, so it is the same invariant each time.
    for _ in range(5):
        found = violated(scheduled(schedule, compiled("order_double_close"), *SERVED))
        assert found == ["exact_echo"]
    again = scheduled(schedule, variant("orderly_double_close"), *SERVED)
    assert violated(again) == []


def test_threads_and_event_loops_have_schedules_too() -> None:
    for name in ("threads", "epoll_loop", "prefork"):
        history = scheduled(Schedule(LEAVE, order=(SERVER,)), variant(name))
        assert only_injected(history).status is Status.FIRED
        assert in_doubt(history) == {}, name


def test_clients_can_be_numbered_anew() -> None:
    workload: Workload = (Inject(Schedule(LEAVE)),)
    renumbered = with_numbers(workload, {1: 5, 2: 7})
    assert clients(renumbered) == (5, 7)


def test_it_says_what_it_does() -> None:
    place = Place("worker 1", "close", 2)
    assert str(Schedule(STAY, (Sign(),), (SERVER,), (place,))) == (
        "c1 connects, sends a line, closes; c2 connects, sends a line; "
        "the listener gets 1 caught signal; "
        "one call at a time goes on by priority the server, others; "
        "worker 1 waits for all others before close number 2"
    )
