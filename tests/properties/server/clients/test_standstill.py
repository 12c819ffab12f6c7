"""A server that waits for clients who do not read: it sleeps, or is seen to spin then."""

import pytest

from faults.fault import Reading
from faults.payloads import HEAVY, Content, Payload
from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.oracle import Echo
from properties.model.settings import Limits, Rules
from properties.model.steps import Workload
from properties.server.clients import standstill
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.events import HalfClosed, Idled, Received
from properties.server.execute import execute
from properties.server.steps import Fill, HalfClose, Open, Receive, Send, Standstill
from target.command import REFERENCE, Command
from tests.compiled import compiled as compile_program
from tests.faults.contexts import served
from tests.properties.server_runs import (
    PATIENCE,
    PROGRAMS,
    SELECTORS,
    compiled,
    in_doubt,
    known_by_address,
    mutant,
    run,
    script,
    serving,
    variant,
    violated,
)

BLOCKED = (Open(1, Reading.LATE), Send(1, Payload(Content.LETTERS, HEAVY)), Standstill())
HALF_CLOSED: Workload = (Open(1), Fill(1), HalfClose(1), Standstill())
each_standstill = pytest.mark.parametrize("steps", [BLOCKED, HALF_CLOSED], ids=["open", "FIN"])


def first_idle(history: History) -> Idled:
    """Return what was seen in the standstill, which comes before any other rest."""
    return next(history.of(Idled))


@each_standstill
@pytest.mark.parametrize(
    "command",
    [REFERENCE, SELECTORS, variant("epoll_edges"), variant("rdhup_once")],
    ids=["reference", "selectors", "edges", "rdhup"],
)
def test_a_correct_server_sleeps_meanwhile(steps: Workload, command: Command) -> None:
    history = run((*steps, Receive(1)), command)
    assert first_idle(history).conclusion is Conclusion.MET
    assert first_idle(history).waiting == (1,)
    assert in_doubt(history) == {}


@pytest.mark.parametrize(
    "command", [compiled("spin_rdhup"), mutant("spin_eof_owed.py")], ids=["rdhup", "eof"]
)
def test_a_server_that_is_told_of_the_end_again_and_again_is_seen_to_spin(
    command: Command,
) -> None:
    history = run((*HALF_CLOSED, Receive(1)), command)
    assert violated(history) == ["no_spin"]
    assert first_idle(history).spinning.endswith("while c1 did not read what was owed")


def test_a_write_that_is_tried_again_at_once_is_seen_to_spin() -> None:
    assert violated(run((*BLOCKED, Receive(1)), compiled("spin_write_again"))) == ["no_spin"]


def test_the_spin_is_seen_before_the_client_reads() -> None:
    history = run((*HALF_CLOSED, Receive(1)), compiled("spin_rdhup"))
    kinds = [type(one) for one in history.events if getattr(one, "client", 1) == 1]
    idle = kinds.index(Idled)
    assert HalfClosed in kinds[:idle]
    assert Received not in kinds[:idle]
    assert Received in kinds[idle:]


def test_a_server_that_computes_while_bytes_move_is_only_slow() -> None:
    options = ("cc", "-O1", "-pthread")
    slow = Command((str(compile_program(PROGRAMS / "slow_mover.c", options)), "{port}"))
    history = run((*BLOCKED, Receive(1)), slow)
    assert first_idle(history).conclusion is Conclusion.MET
    assert in_doubt(history) == {}


def test_bytes_are_kept_once_the_client_has_filled_the_buffers() -> None:
    with serving(SELECTORS) as server:
        io_loop = ClientIoLoop(server.handle, PATIENCE)
        history = History()
        connector = Connector(server, Limits(), Echo(), io_loop, history)
        assert server.handle is not None
        assert connector.open(1, Reading.LATE)
        client = io_loop.clients[1]
        standstill.fill(server.handle, io_loop, client)
        theirs, missing = server.handle.connection(client.endpoint), client.missing
        io_loop.close()
    assert theirs is not None
    assert missing > theirs.send_queue > HEAVY / 16


def test_satisfied_clients_are_waited_for_as_well() -> None:
    history = run((*served(1), Standstill()))
    assert first_idle(history).conclusion is Conclusion.MET
    assert first_idle(history).waiting == ()


def test_by_address_there_is_nothing_to_see() -> None:
    with serving() as server:
        history = execute(HALF_CLOSED, known_by_address(server), Rules(patience=1.0))
    assert list(history.of(Idled)) == []


@pytest.mark.parametrize(
    ("seconds", "expected"), [("0.5", ["clean_eof"]), ("3600", [])], ids=["soon", "late"]
)
def test_a_short_timer_of_the_server_runs_out_before_the_client_reads(
    seconds: str, expected: list[str]
) -> None:
    history = run((*HALF_CLOSED, Receive(1)), script("gives_up.py", seconds))
    assert violated(history) == expected
