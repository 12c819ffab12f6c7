"""Reaching a server over a wire: what becomes of it where that cannot be."""

import psutil
import pytest

from faults.payloads import A_LINE
from faults.server.cut_wire import Cut, CutWire
from faults.wire import wire
from faults.wire.wire import LOST
from properties.model.events import Injected
from properties.model.settings import Rules
from properties.model.steps import Workload
from properties.model.target_spec import Target
from properties.server.clients.reach import NOT_SERVED
from properties.server.harness import ServerHarness
from properties.server.steps import Open, Receive, Send
from target.command import REFERENCE
from target.errors import TargetError
from tests.chambers import inside, needs_a_chamber
from tests.faults.contexts import around
from tests.properties.server_runs import HOST, PATIENCE, script

pytestmark = needs_a_chamber

OVER_WIRE: Workload = around(CutWire(1, Cut.BOTH, A_LINE), 1)
NEARBY: Workload = (Open(1), Send(1, A_LINE), Receive(1))
RETRIES = "/proc/sys/net/ipv4/tcp_syn_retries"


def setting() -> str:
    with open(RETRIES) as file:
        return file.read().strip()


def settings_around() -> list[str]:
    """Return the setting before, during and after workloads over a wire."""
    harness = ServerHarness(Target(HOST, REFERENCE), Rules(patience=PATIENCE))
    seen = [setting()]
    try:
        for workload in (OVER_WIRE, NEARBY):
            harness.run_trial(workload)
            seen.append(setting())
    finally:
        harness.close()
    return seen


def test_the_settings_of_the_host_are_changed_for_such_workloads_alone() -> None:
    before, during, after = inside(settings_around, with_rights=wire.stand_by)
    assert (during, after) == ("1", before)
    assert before != "1"


@pytest.mark.parametrize("after", [OVER_WIRE, NEARBY], ids=["over the wire", "nearby"])
def test_where_the_wire_was_ended_from_outside_nothing_more_is_judged(after: Workload) -> None:
    def tried() -> str:
        harness = ServerHarness(Target(HOST, REFERENCE), Rules(patience=PATIENCE))
        try:
            harness.run_trial(OVER_WIRE)
            for carrier in psutil.Process().children():
                if "keeper" not in " ".join(carrier.cmdline()):
                    carrier.kill()
            harness.refresh()
            harness.run_trial(after)
        except TargetError as error:
            return str(error)
        finally:
            harness.close()
        return "it went on"

    assert inside(tried, with_rights=wire.stand_by) == LOST


def test_a_server_that_serves_its_own_host_alone_is_left_alone() -> None:
    def tried() -> tuple[str, list[str]]:
        command = script("choosy.py", wire.PEER)
        harness = ServerHarness(Target(HOST, command), Rules(patience=PATIENCE))
        try:
            trial = harness.run_trial(OVER_WIRE)
        finally:
            harness.close()
        (injected,) = trial.history.of(Injected)
        return injected.detail, sorted(trial.violated)

    assert inside(tried, with_rights=wire.stand_by) == (NOT_SERVED, [])
