"""urgent_data: one urgent byte, which may come back or not, and what is owed beside it."""

import pytest

from faults.fault import Reading, Status
from faults.payloads import A_LINE, Content, Payload
from faults.server.urgent_data import UNKNOWN, Neighbours, UrgentData
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.server.events import HalfClosed, Idled, Received, UrgentSent
from properties.server.execute import execute
from properties.server.steps import Close, Open, Receive, Send
from target.command import REFERENCE, Command
from tests.faults.contexts import A_WORD, around, marks, served
from tests.properties.server_runs import (
    PATIENCE,
    SELECTORS,
    THREADED,
    compiled,
    in_doubt,
    known_by_address,
    mutant,
    only_injected,
    run,
    serving,
    variant,
    violated,
)

ALONE = UrgentData(1, Neighbours.NONE)
AMONG = UrgentData(1, Neighbours.BYTES)
each = pytest.mark.parametrize("neighbours", Neighbours)


def received(history: History, client: int) -> int:
    return sum(event.count for event in history.of(Received) if event.client == client)


def fixed(name: str) -> Command:
    """Return the command of a mutant's corrected twin."""
    return Command(("env", "FIXED=1", *mutant(name).words))


@each
@pytest.mark.parametrize("command", [REFERENCE, THREADED, SELECTORS], ids=str)
def test_a_server_that_leaves_the_byte_alone_conforms(
    neighbours: Neighbours, command: Command
) -> None:
    history = run(around(UrgentData(1, neighbours), 1, 2), command)
    assert only_injected(history).status is Status.FIRED
    assert [event.client for event in history.of(UrgentSent)] == [1]
    assert in_doubt(history) == {}


@each
@pytest.mark.parametrize("name", ["urgent_inline", "urgent_taken"])
def test_a_server_that_echoes_it_in_its_place_or_elsewhere_conforms(
    neighbours: Neighbours, name: str
) -> None:
    fault = UrgentData(1, neighbours)
    without, history = run(around(fault, 1), REFERENCE), run(around(fault, 1), variant(name))
    assert in_doubt(history) == {}
    assert received(history, 1) == received(without, 1) + 1


@pytest.mark.parametrize(
    "command", [compiled("spin_urgent"), mutant("spin_urgent_logged.py")], ids=str
)
def test_a_server_that_never_takes_it_spins_until_it_has_read_past_it(command: Command) -> None:
    history = run(around(ALONE, 1, 2), command)
    assert violated(history) == ["no_spin"]
    assert any(event.spinning for event in history.of(Idled))


def test_its_twin_that_takes_it_conforms() -> None:
    assert in_doubt(run(around(ALONE, 1, 2), fixed("spin_urgent_logged.py"))) == {}


def test_bytes_that_are_discarded_up_to_the_mark_are_missed() -> None:
    assert violated(run(around(AMONG, 1), compiled("bytes_urgent_discards"))) == ["exact_echo"]


def test_a_server_that_takes_it_for_an_error_is_found() -> None:
    assert violated(run(around(ALONE, 1), mutant("bytes_urgent_as_error.py"))) == ["exact_echo"]


def test_the_server_is_stopped_while_the_bytes_around_it_are_sent() -> None:
    (stop, worker), (go_on, again) = marks(run(around(AMONG, 1), SELECTORS))
    assert (stop, go_on) == ("SIGSTOP", "SIGCONT")
    assert worker == again


def test_the_fin_follows_it_directly() -> None:
    events = run(around(UrgentData(1, Neighbours.FIN), 1)).events
    mine = [type(one) for one in events if getattr(one, "client", None) == 1]
    assert HalfClosed in mine[mine.index(UrgentSent) : mine.index(UrgentSent) + 2]


def test_it_waits_until_what_was_owed_before_has_come() -> None:
    history = run((Open(1), Send(1, A_LINE), Inject(ALONE)))
    kinds = [type(one) for one in history.events if getattr(one, "client", None) == 1]
    assert kinds.index(Received) < kinds.index(UrgentSent)


def test_whether_the_server_rests_is_not_asked_while_it_has_to_serve_another() -> None:
    much = Send(2, Payload(Content.LETTERS, 8 << 20))
    history = run((*served(1), Open(2, Reading.LATE), much, Inject(ALONE)))
    assert only_injected(history).status is Status.FIRED
    sent_at = next(history.of(UrgentSent)).at
    echoed_at = next(one.at for one in history.of(Received) if one.client == 1 and one.at > sent_at)
    assert not any(sent_at < one.at < echoed_at for one in history.of(Idled))


def test_a_client_that_is_gone_sends_none() -> None:
    assert only_injected(run((*served(1), Close(1), Inject(ALONE)))).status is Status.MISSED


def test_by_address_it_is_sent_as_well() -> None:
    with serving() as server:
        history = execute(around(AMONG, 1), known_by_address(server), Rules(patience=1.0))
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


class Shouting:
    """A service that says nothing of urgent data."""

    def start(self) -> "Shouting":
        """Begin a conversation."""
        return self

    def sent(self, data: bytes) -> bytes:
        """Owe the same bytes."""
        return data

    def ended(self) -> bytes:
        """Owe nothing more."""
        return b""


def test_a_service_that_does_not_say_what_may_come_back_is_sent_none() -> None:
    rules = Rules(patience=PATIENCE, service=Shouting())
    history = run((*served(1), Inject(ALONE), Receive(1)), rules=rules)
    assert only_injected(history).detail == UNKNOWN.detail
    assert list(history.of(UrgentSent)) == []


def test_a_client_that_reads_late_reads_what_came_before_its_urgent_byte() -> None:
    late = (Open(1, Reading.LATE), Send(1, A_WORD), Inject(UrgentData(1, Neighbours.NONE)))
    assert only_injected(run(late)).status is Status.FIRED
