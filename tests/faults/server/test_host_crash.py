"""host_crash: a client's host is gone without a FIN, and what served it must end."""

import pytest

from faults.fault import Status
from faults.payloads import A_LINE
from faults.server.host_crash import Crash, HostCrash
from faults.wire.segments import Direction, Fate
from properties.model.events import Carried
from properties.model.settings import Rules
from properties.model.steps import Workload
from properties.model.target_spec import RoleName
from properties.server.events import Opened
from properties.server.steps import Receive, Send
from properties.services.registry import service_called
from target.command import REFERENCE, Command
from tests.chambers import needs_a_chamber
from tests.faults.contexts import around, served
from tests.faults.wire_runs import over_wire
from tests.properties.server_runs import (
    SELECTORS,
    THREADED,
    compiled,
    in_doubt,
    mutant,
    only_injected,
    script,
    variant,
    violated,
)

pytestmark = needs_a_chamber


def with_crash(crash: Crash) -> Workload:
    return (*around(HostCrash(1, crash, 3), 1, 2), Send(2, A_LINE), Receive(2), *served(4))


@pytest.mark.parametrize("command", [REFERENCE, THREADED, SELECTORS], ids=str)
@pytest.mark.parametrize("crash", [one for one in Crash if one is not Crash.KEPT_ALIVE])
def test_a_correct_server_forgets_the_client_and_serves_the_others(
    crash: Crash, command: Command
) -> None:
    history = over_wire(with_crash(crash), command)
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_the_server_hears_nothing_new_of_a_host_that_is_gone_for_good() -> None:
    history = over_wire(with_crash(Crash.FOR_GOOD))
    ports = [one.address.rpartition(":")[2] for one in history.of(Opened) if one.client == 1]
    gone = [one for one in history.of(Carried) if str(one.port) in ports]
    first = next(place for place, one in enumerate(gone) if one.fate is Fate.LOST)
    assert gone[first].direction is Direction.FROM_TARGET
    # What had come before may come again: a kernel that was slow to hear of it has sent it twice.
    assert not [
        one
        for one in gone[first:]
        if one.direction is Direction.TO_TARGET
        and one.fate is Fate.PASSED
        and one.length
        and not one.again
    ]


@pytest.mark.parametrize("crash", [Crash.FOR_GOOD, Crash.REBOOTS])
def test_a_server_that_answers_nothing_owes_nothing_that_could_be_on_its_way(crash: Crash) -> None:
    rules = Rules(service=service_called("discard", RoleName.SERVER))
    workload = around(HostCrash(1, crash, 3), 1)
    injected = only_injected(over_wire(workload, script("services.py", "discard"), rules=rules))
    assert injected.status is Status.IMPOSSIBLE
    assert injected.detail == "nothing is owed to c1"


def test_a_server_without_keep_alive_is_not_asked_about_a_silent_host() -> None:
    outcome = only_injected(over_wire(with_crash(Crash.KEPT_ALIVE)))
    assert outcome.status is Status.IMPOSSIBLE
    assert outcome.detail == "it does not set SO_KEEPALIVE"


def test_one_that_asks_is_waited_for() -> None:
    history = over_wire(with_crash(Crash.KEPT_ALIVE), variant("keepalive"))
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_one_that_asks_late_is_not_waited_for() -> None:
    outcome = only_injected(over_wire(with_crash(Crash.KEPT_ALIVE), variant("keepalive_late")))
    assert outcome.detail == "its first keep-alive probe comes after 600 s"


@pytest.mark.parametrize(
    ("crash", "command", "names"),
    [
        (Crash.FOR_GOOD, compiled("dies_of_timed_out"), ["listener_survives"]),
        (Crash.FOR_GOOD, mutant("dies_of_timed_out_loop.py"), ["listener_survives"]),
        (Crash.FOR_GOOD, compiled("fd_leak_timed_out"), ["no_fd_leak"]),
        (Crash.RETURNS_UNSEEN, mutant("isolation_by_address.py"), ["isolation"]),
        (Crash.RETURNS_UNSEEN, mutant("turns_away_known_address.py"), ["isolation"]),
    ],
    ids=str,
)
def test_a_server_that_is_not_ready_for_it_is_found(
    crash: Crash, command: Command, names: list[str]
) -> None:
    assert violated(over_wire(with_crash(crash), command)) == names
