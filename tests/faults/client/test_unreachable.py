"""unreachable: connect fails, because its host is dead or cannot be reached."""

import pytest

from faults.client.unreachable import ACTIONS, CannotReach, Obstacle
from faults.fault import Status
from faults.wire.wire import NO_CHAMBER, ONLY_IPV4
from properties.client.events import Accepted, Complained, Exited, Unreached
from properties.client.link import NOT_TOLD
from properties.client.steps import Accept
from target.command import REFERENCE_CLIENT, Command
from tests.chambers import needs_a_chamber
from tests.faults.client_wire_runs import client_mutant, outcome, over_wire, tried

pytestmark = needs_a_chamber


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        (Obstacle.DEAD_HOST, "Connection timed out"),
        (Obstacle.HOST_UNREACHABLE, "No route to host"),
        (Obstacle.NETWORK_UNREACHABLE, "Network is unreachable"),
    ],
)
def test_the_reference_client_says_what_connect_has_failed_with(
    obstacle: Obstacle, words: str
) -> None:
    history, violated = over_wire(CannotReach(obstacle))
    assert outcome(history).status is Status.FIRED
    assert [one.error for one in history.of(Unreached)] == [ACTIONS[obstacle][1]]
    assert words in "".join(one.text for one in history.of(Complained))
    assert next(history.of(Exited)).status == 1
    assert not any(history.of(Accepted))
    assert violated == []


@pytest.mark.parametrize(
    ("command", "names"),
    [
        (client_mutant("connect_unreachable_as_eof"), ["reports_unreachable"]),
        (client_mutant("connect_unreachable_ends_well"), ["exit_status"]),
        (client_mutant("connect_unreachable_silent"), ["dies_loudly"]),
    ],
    ids=str,
)
def test_a_client_that_does_not_tell_is_found(command: Command, names: list[str]) -> None:
    _, violated = over_wire(CannotReach(Obstacle.HOST_UNREACHABLE), command=command)
    assert violated == names


def test_it_comes_too_late_for_a_client_that_is_connected() -> None:
    history, _ = over_wire(Accept(), CannotReach(Obstacle.HOST_UNREACHABLE))
    assert outcome(history).status is Status.MISSED


def test_a_client_whose_command_names_the_host_is_left_alone() -> None:
    words = tuple(word.replace("{host}", "127.0.0.1") for word in REFERENCE_CLIENT.words)
    history, _ = over_wire(CannotReach(Obstacle.HOST_UNREACHABLE), command=Command(words))
    assert (outcome(history).status, outcome(history).detail) == (Status.IMPOSSIBLE, NOT_TOLD)


def test_on_this_machines_network_and_over_ipv6_it_is_not_applicable() -> None:
    fault = CannotReach(Obstacle.HOST_UNREACHABLE)
    assert outcome(tried(fault)[0]).detail == NO_CHAMBER
    assert outcome(over_wire(fault, host="::1")[0]).detail == ONLY_IPV4
