"""cut_wire: a client is cut off in the middle of an echo, and gets all of it in the end."""

import pytest

from faults.fault import Status
from faults.payloads import A_LINE, Content, Payload
from faults.server.cut_wire import RETRIES, Cut, CutWire
from faults.wire.segments import Direction, Fate
from properties.model.events import Carried
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.model.target_spec import RoleName
from properties.server.steps import Open, Receive, Send
from properties.services.registry import service_called
from properties.services.table import table_of
from target.command import REFERENCE, Command
from tests.chambers import needs_a_chamber
from tests.faults.contexts import around
from tests.faults.wire_runs import over_wire
from tests.properties.server_runs import (
    THREADED,
    compiled,
    in_doubt,
    only_injected,
    script,
    violated,
)

pytestmark = needs_a_chamber

SEVERAL = Payload(Content.LETTERS, 5000)


def cut_off(cut: Cut) -> Workload:
    return (*around(CutWire(1, cut, SEVERAL), 1, 2), Send(2, A_LINE), Receive(2), Receive(1))


@pytest.mark.parametrize("command", [REFERENCE, THREADED], ids=str)
@pytest.mark.parametrize("cut", Cut)
def test_a_correct_server_serves_both_clients(cut: Cut, command: Command) -> None:
    history = over_wire(cut_off(cut), command)
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


@pytest.mark.parametrize(
    ("cut", "direction"),
    [(Cut.TO_SERVER, Direction.TO_TARGET), (Cut.FROM_SERVER, Direction.FROM_TARGET)],
)
def test_it_lasts_until_segments_were_sent_again_in_vain(cut: Cut, direction: Direction) -> None:
    lost = [one for one in over_wire(cut_off(cut)).of(Carried) if one.fate is Fate.LOST]
    assert {one.direction for one in lost} == {direction}
    assert sum(one.again for one in lost) >= RETRIES


def test_a_server_that_gives_up_at_once_is_found() -> None:
    history = over_wire(cut_off(Cut.FROM_SERVER), compiled("rare_user_timeout"))
    assert violated(history) == ["exact_echo"]


@pytest.mark.parametrize("cut", Cut)
def test_a_client_that_has_said_all_cannot_be_cut_off_in_the_middle(cut: Cut) -> None:
    once = {"exchange": [{"send": "QUIT\n", "expect": "QUIT\n", "closes": True}]}
    workload = around(CutWire(1, cut, SEVERAL), 1)
    injected = only_injected(over_wire(workload, rules=Rules(service=table_of(once, "a table"))))
    assert injected.status is Status.IMPOSSIBLE
    assert injected.detail == "nothing is said to c1, or by it"


def test_nothing_is_lost_on_the_way_to_a_server_that_only_sends() -> None:
    rules = Rules(service=service_called("chargen", RoleName.SERVER))
    workload = around(CutWire(1, Cut.TO_SERVER, SEVERAL), 1)
    injected = only_injected(over_wire(workload, script("services.py", "chargen"), rules=rules))
    assert injected.status is Status.IMPOSSIBLE


def test_a_request_that_waits_for_its_turn_is_still_to_be_sent() -> None:
    table = {"pipelined": False, "exchange": [{"send": "PING\n", "expect": "PING\n"}]}
    workload = (Open(1), Send(1, SEVERAL), Inject(CutWire(1, Cut.TO_SERVER, SEVERAL)))
    injected = only_injected(over_wire(workload, rules=Rules(service=table_of(table, "a table"))))
    assert injected.status is Status.FIRED
