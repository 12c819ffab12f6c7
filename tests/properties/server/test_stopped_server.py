"""Steps that stop a server's processes while other steps come, and continue them."""

import pytest

from faults.payloads import A_LINE
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Step, Workload
from properties.server.events import Opened, Received, Sent
from properties.server.execute import execute
from properties.server.steps import Close, Continue, Open, Receive, Send, Standstill, Stop
from target.command import REFERENCE
from tests.faults.contexts import marks, stopped
from tests.properties.server_runs import SELECTORS, in_doubt, known_by_address, run, serving

TWO: Workload = (Open(1), Open(2), Standstill())
BOTH_SEND: Workload = (Send(1, A_LINE), Send(2, A_LINE))


def _signals(history: History) -> list[str]:
    return [what for what, _ in marks(history)]


def test_all_processes_are_stopped_and_continued() -> None:
    with serving() as server:
        history = execute((*TWO, Stop(), Continue()), server, Rules())
        assert server.handle is not None
        assert stopped(server.handle) == []
    assert _signals(history) == ["SIGSTOP"] * 3 + ["SIGCONT"] * 3


def test_nothing_is_echoed_before_the_server_is_continued() -> None:
    history = run((*TWO, Stop(), *BOTH_SEND, Continue()))
    events = [e for e in history.events if isinstance(e, Sent | Received) and e.client > 0]
    assert [type(event) for event in events[:2]] == [Sent, Sent]


@pytest.mark.parametrize("waits", [Receive(1), Standstill()])
def test_it_goes_on_before_a_step_that_waits_for_it(waits: Step) -> None:
    history = run((*TWO, Stop(), *BOTH_SEND, waits))
    assert sum(event.count for event in history.of(Received) if event.client == 1) >= A_LINE.length


def test_it_goes_on_at_the_end() -> None:
    assert in_doubt(run((*TWO, Stop(), *BOTH_SEND))) == {}


def test_a_second_stop_changes_nothing() -> None:
    assert _signals(run((Open(1), Stop(), Stop(), Continue()), SELECTORS)) == ["SIGSTOP", "SIGCONT"]


def test_clients_connect_and_leave_meanwhile() -> None:
    history = run((Open(1), Stop(), Open(2), Close(1), Open(3), Continue()), REFERENCE)
    assert [event.client for event in history.of(Opened) if event.client > 0] == [1, 2, 3]
    assert in_doubt(history) == {}


def test_by_address_nothing_is_stopped() -> None:
    with serving() as server:
        history = execute((Open(1), Stop(), Continue()), known_by_address(server), Rules())
    assert marks(history) == []
