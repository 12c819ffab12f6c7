"""host_crash: the server's host is gone, and the client learns it from its own line."""

import pytest

from faults.client.host_crash import ServerCrash, ServerHostCrash
from faults.fault import Status
from faults.payloads import A_LINE
from properties.client.events import Complained, Exited, PeerEnded, Unreached
from properties.client.steps import Answer, EndInput, Terminal, Type
from properties.model.steps import Step
from target.command import Command
from tests.chambers import needs_a_chamber
from tests.faults.client_wire_runs import client_mutant, outcome, over_wire

pytestmark = needs_a_chamber

ECHOED: tuple[Step, ...] = (Type(A_LINE), Answer())


@pytest.mark.parametrize(
    ("crash", "error", "words"),
    [
        (ServerCrash.FOR_GOOD, ["ETIMEDOUT"], "timed out"),
        (ServerCrash.CUT_OFF, ["EHOSTUNREACH"], "No route to host"),
        (ServerCrash.REBOOTS, [], "reset by peer"),
    ],
)
@pytest.mark.parametrize("before", [(), ECHOED, (Terminal(), *ECHOED)], ids=len)
def test_the_reference_client_says_what_its_kernel_told_it(
    before: tuple[Step, ...], crash: ServerCrash, error: list[str], words: str
) -> None:
    history, violated = over_wire(*before, ServerHostCrash(crash))
    assert outcome(history).status is Status.FIRED
    assert [one.error for one in history.of(Unreached)] == error
    assert any(history.of(PeerEnded)) == (crash is ServerCrash.REBOOTS)
    assert words in "".join(one.text for one in history.of(Complained))
    assert next(history.of(Exited)).status == 1
    assert violated == []


@pytest.mark.parametrize(
    ("command", "names"),
    [
        (client_mutant("lost_timed_out_as_eof"), ["reports_unreachable"]),
        (client_mutant("lost_read_again"), ["reports_unreachable"]),
        (client_mutant("lost_ends_well"), ["exit_status"]),
        (client_mutant("lost_line_printed"), ["exact_output"]),
        (client_mutant("lost_thread_ends"), ["exit_status", "reports_unreachable"]),
    ],
    ids=str,
)
def test_a_client_that_says_something_else_is_found(command: Command, names: list[str]) -> None:
    _, violated = over_wire(*ECHOED, ServerHostCrash(ServerCrash.FOR_GOOD), command=command)
    assert violated == names


def test_a_client_whose_input_has_ended_has_nothing_to_send_and_is_asked_for_nothing() -> None:
    history, violated = over_wire(*ECHOED, EndInput(), ServerHostCrash(ServerCrash.FOR_GOOD))
    assert outcome(history).status is Status.MISSED
    assert violated == []
