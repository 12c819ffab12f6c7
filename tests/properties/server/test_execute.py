"""The interpreter: the course that every workload takes, and steps that cannot be made."""

import pytest

from faults.fault import Fault, FaultOutcome, Status
from faults.payloads import Content, Payload
from faults.server.fork_errors import ForkErrno, ForkError
from faults.server.freeze import Freeze
from faults.server_context import ServerContext
from properties.model.events import Injected, StepBegan
from properties.model.settings import Limits, Rules
from properties.model.steps import Inject, Step, Workload
from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.server.events import (
    Census,
    Closed,
    NotRepeated,
    Opened,
    OpenFailed,
    Received,
    Stalled,
)
from properties.server.execute import execute
from properties.server.growth import REPETITIONS
from properties.server.steps import Close, HalfClose, Open, Receive, Reset, Send
from tests.faults.contexts import A_WORD, served
from tests.properties.server_runs import (
    compiled,
    in_doubt,
    known_by_address,
    run,
    script,
    serving,
    violated,
    wait_until,
)


def test_a_plain_exchange_runs_first_and_last() -> None:
    clients = [event.client for event in run(served(1, 2)).of(Opened)]
    assert clients == [FIRST_EXCHANGE, 1, 2, LAST_EXCHANGE]


def test_the_steps_are_recorded_in_words_before_they_are_made() -> None:
    history = run((Open(1), Close(1)))
    kinds = [event for event in history.events if isinstance(event, StepBegan | Opened | Closed)]
    mine = kinds[2:-2]
    assert [str(getattr(event, "text", type(event).__name__)) for event in mine] == [
        "open c1",
        "Opened",
        "close c1",
        "Closed",
    ]


def test_times_never_go_back() -> None:
    times = [event.at for event in run(served(1, 2)).events]
    assert times == sorted(times)


@pytest.mark.parametrize(
    "step",
    [Send(9, A_WORD), Receive(9), HalfClose(9), Close(9), Reset(9)],
    ids=str,
)
@pytest.mark.parametrize("before", [(), (*served(9), Close(9))], ids=["never opened", "closed"])
def test_a_step_whose_client_is_not_there_does_nothing(before: Workload, step: Step) -> None:
    assert in_doubt(run((*before, step, *served(1)))) == {}


def test_a_client_is_opened_once() -> None:
    history = run((Open(1), Open(1), Close(1), Open(1)))
    assert [event.client for event in history.of(Opened)].count(1) == 1


def test_everything_owed_is_waited_for_and_every_connection_ended() -> None:
    history = run((Open(1), Open(2), Send(1, Payload(Content.RANDOM, 300_000), 5_000)))
    assert [e.total for e in history.of(Received) if e.client == 1][-1] == 300_000
    ends = {event.client: event for event in history.of(Closed)}
    assert all(ends[client].final and not ends[client].missing for client in (1, 2))


def test_never_more_clients_than_the_limit_are_connected() -> None:
    with serving() as server:
        workload = (Open(1), Open(2), Open(3), Close(1), Open(4))
        history = execute(workload, server, Rules(Limits(connections=2)))
    opened = [event.client for event in history.of(Opened) if event.client > 0]
    assert opened == [1, 2, 4]
    assert in_doubt(history) == {}


def test_connections_keep_within_the_rate() -> None:
    rate = 20.0
    with serving() as server:
        history = execute(served(1, 2, 3), server, Rules(Limits(rate=rate)))
    times = [event.at for event in history.of(Opened)]
    # The first may come at once; each after that waits its turn before it connects.
    assert times[-1] - times[0] >= (len(times) - 2) / rate


def test_a_server_that_is_gone_refuses_and_that_is_recorded() -> None:
    with serving() as server:
        gone = known_by_address(server)
    failures = list(execute(served(1), gone, Rules(patience=1.0)).of(OpenFailed))
    assert [failure.client for failure in failures] == [FIRST_EXCHANGE, 1, LAST_EXCHANGE]
    assert all(failure.refused and failure.recovered_after is None for failure in failures)


def test_by_address_nothing_is_counted() -> None:
    with serving() as server:
        history = execute(served(1), known_by_address(server), Rules())
    assert not history.processes_seen
    assert list(history.of(Census)) == []


class Broken(Freeze):
    """A fault that breaks."""

    undone = 0

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Break."""
        del context
        raise ZeroDivisionError

    def undo(self, context: ServerContext) -> None:
        """Count."""
        del context
        Broken.undone += 1


def test_a_fault_that_breaks_is_undone_and_every_client_is_closed() -> None:
    Broken.undone = 0
    with serving() as server:
        with pytest.raises(ZeroDivisionError):
            execute((*served(1, 2), Inject(Broken())), server, Rules())
        assert Broken.undone == 1
        assert server.handle is not None
        handle = server.handle
        wait_until(lambda: len(handle.tree()) == 1)


class Quiet(Fault[ServerContext]):
    """A fault made elsewhere: the interpreter needs to know nothing of it."""

    name = "quiet"
    section = "none"
    summary = "nothing happens"

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Do nothing."""
        del context
        return FaultOutcome.missed("nothing happens")

    def __str__(self) -> str:
        return "nothing"


def test_a_fault_that_the_interpreter_has_never_seen_can_be_injected() -> None:
    (event,) = run((Inject(Quiet()),)).of(Injected)
    assert (event.fault, event.status, event.detail) == (
        "quiet",
        Status.MISSED,
        "nothing happens",
    )


def test_what_has_not_grown_is_not_repeated() -> None:
    assert [c.label for c in run(served(1)).of(Census)] == ["after", "end"]


def test_a_leak_is_counted_in_each_repetition() -> None:
    history = run(served(1), script("leaking.py"))
    counted = [c.descriptors for c in history.of(Census) if c.label in ("end", "repeat")]
    assert len(counted) == 1 + REPETITIONS
    assert counted == sorted(set(counted))
    assert list(in_doubt(history)) == ["no_fd_leak"]


def test_a_server_that_spins_is_not_asked_whether_it_leaks_as_well() -> None:
    history = run(served(1), script("leaking.py", "1000", "spins"))
    counted = list(history.of(Census))
    assert counted[-1].descriptors > counted[0].descriptors
    assert [c.label for c in counted] == ["after", "end"]
    assert {"no_spin", "no_fd_leak"} <= in_doubt(history).keys()
    assert violated(history) == ["no_spin"]


def test_nobody_else_connects_to_a_server_that_spins_after_the_first_exchange() -> None:
    history = run(served(1, 2), compiled("eof_spin"))
    assert [event.client for event in history.of(Opened)] == [FIRST_EXCHANGE]
    assert not any(history.of(StepBegan))
    assert {"no_spin", "clean_eof"} <= set(violated(history))


def test_a_cache_is_not_taken_for_a_leak() -> None:
    history = run(served(1), script("leaking.py", "4"))
    labels = [c.label for c in history.of(Census)]
    assert "repeat" in labels
    assert in_doubt(history) == {}


def test_nobody_is_kept_waiting_by_a_server_that_is_well() -> None:
    assert list(run(served(1, 2, 3)).of(Stalled)) == []


def test_a_client_that_a_failed_fork_has_turned_away_does_not_hide_the_leak() -> None:
    history = run((Inject(ForkError((1,), ForkErrno.EAGAIN)),), compiled("fork_leak"))
    assert any(stall.client == 1 for stall in history.of(Stalled))
    assert not any(history.of(NotRepeated))
    assert "no_fd_leak" in violated(history)
