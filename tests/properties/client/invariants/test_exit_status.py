"""exit_status: how the client ended, and whether that says what happened."""

from signal import SIGPIPE

import pytest

from properties.client.events import Awaited
from properties.client.invariants.exit_status import INVARIANT
from properties.model.events import Conclusion
from properties.model.oracle import ServiceScope
from properties.model.verdict import Outcome, Verdict, judge
from tests.properties.client.histories import (
    EVIDENCE,
    Part,
    answered,
    connected,
    ended,
    exchange,
    fin,
    finished,
    half_close,
    history,
    input_ended,
    killed,
    killed_by_us,
    printed,
    refused,
    rst,
    says,
    starved,
    surplus,
    taken,
    typed,
    unreached,
    waited,
    well_ended,
)

ORDERLY: list[Part] = [connected(), exchange(), input_ended(), finished(), fin()]
GONE_FIN = fin(was_there=False)
GONE: list[Part] = [connected(), exchange(), input_ended(), finished(), GONE_FIN]
OWED: list[Part] = [connected(), exchange(), typed(5), taken(5), fin()]
RESET: list[Part] = [connected(), exchange(), rst()]
PENDING: list[Part] = [refused(waiting=1)]
REFUSED: list[Part] = [refused()]
EARLY: list[Part] = [connected(), exchange(), fin()]


def verdict(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(*parts))


@pytest.mark.parametrize("parts", [ORDERLY, GONE], ids=["server closes", "client has closed"])
def test_after_an_orderly_run_status_0_passes(parts: list[Part]) -> None:
    assert verdict(*parts, ended(0)).outcome is Outcome.PASS


@pytest.mark.parametrize("status", [0, 1])
def test_an_end_that_came_before_the_client_s_own_may_have_been_met_first(status: int) -> None:
    at_once: list[Part] = [connected(), exchange(), input_ended(), fin()]
    assert verdict(*at_once, says("gone"), ended(status)).outcome is Outcome.PASS


@pytest.mark.parametrize("parts", [ORDERLY, GONE], ids=["server closes", "client has closed"])
def test_after_an_orderly_run_another_status_fails(parts: list[Part]) -> None:
    said = verdict(*parts, says("EOF"), ended(1))
    assert said.outcome is Outcome.FAIL
    assert said.reason == (
        "everything was echoed and printed; it exited with status 1, and said 'EOF'"
    )


each_failure = pytest.mark.parametrize(
    ("parts", "reason"),
    [
        pytest.param(OWED, "5 bytes were owed at the end", id="echoes owed"),
        pytest.param(RESET, "on the wire: RST without a FIN", id="reset"),
        pytest.param(PENDING, "on the wire: RST without a FIN", id="reset in the accept queue"),
        pytest.param(REFUSED, "on the wire: no connection", id="refused"),
    ],
)


@each_failure
def test_after_a_failure_status_0_fails(parts: list[Part], reason: str) -> None:
    said = verdict(*parts, says("reset"), ended(0))
    assert said.outcome is Outcome.FAIL
    assert said.reason == f"{reason}; it exited with status 0, and said 'reset'"


@each_failure
def test_after_a_failure_another_status_passes(parts: list[Part], reason: str) -> None:
    assert verdict(*parts, ended(1)).outcome is Outcome.PASS


@pytest.mark.parametrize("status", [0, 1])
@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(EARLY, id="the server ends early and owes nothing"),
        pytest.param([*EARLY, input_ended()], id="the server ends early, and then the input"),
        pytest.param([connected(), half_close(), rst()], id="FIN, then RST, and nothing owed"),
        pytest.param([connected(), surplus(5), rst()], id="more than was owed"),
        pytest.param(
            [connected(), exchange(), input_ended(client_lives=False), fin(was_there=False)],
            id="the client had ended before its input",
        ),
        pytest.param(
            [connected(), typed(5), input_ended(), taken(5), answered(5), printed(2), fin()],
            id="an echo that was not printed is told by another invariant",
        ),
        pytest.param(
            [connected(), typed(5), input_ended(), taken(3), answered(3), fin(was_there=False)],
            id="bytes that were not sent are told by another invariant",
        ),
        pytest.param(
            [connected(), typed(5), taken(7), answered(7), printed(7), input_ended(), GONE_FIN],
            id="bytes that was not typed are told by another invariant",
        ),
        pytest.param(
            [connected(), typed(5), taken(5), answered(3), printed(5), input_ended(), GONE_FIN],
            id="bytes that nobody sent are told by another invariant",
        ),
    ],
)
def test_either_status_will_do(parts: list[Part], status: int) -> None:
    assert verdict(*parts, ended(status)).outcome is Outcome.PASS


def test_a_client_that_does_not_end_its_side_fails() -> None:
    said = verdict(connected(), exchange(), input_ended(), waited(Awaited.EXIT), fin(), ended(0))
    assert said.outcome is Outcome.FAIL
    assert said.reason == (
        f"its input had ended, and it does not end its side of the connection: {EVIDENCE}"
    )


def test_a_client_that_goes_on_without_input_and_connection_fails() -> None:
    said = verdict(*ORDERLY, waited(Awaited.EXIT_AFTER_FIN), killed_by_us())
    assert said.outcome is Outcome.FAIL
    assert said.reason == f"its input and its connection had ended, and it goes on: {EVIDENCE}"


@pytest.mark.parametrize("what", [Awaited.ECHO, Awaited.INPUT, Awaited.NOTICE, Awaited.CONNECTION])
def test_other_waits_in_vain_are_not_its_business(what: Awaited) -> None:
    assert verdict(waited(what), *ORDERLY, ended(0)).outcome is Outcome.PASS


def test_a_signal_is_no_success() -> None:
    assert verdict(*RESET, killed(SIGPIPE)).outcome is Outcome.PASS
    assert verdict(*ORDERLY, killed(SIGPIPE)).outcome is Outcome.PASS


@pytest.mark.parametrize("parts", [[*ORDERLY, killed_by_us()], ORDERLY], ids=["by us", "unknown"])
def test_an_end_that_was_not_its_own_says_nothing(parts: list[Part]) -> None:
    assert verdict(*parts).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("slow", [starved(), waited(Awaited.EXIT, Conclusion.STARVED)])
def test_a_starved_client_is_not_judged(slow: Part) -> None:
    assert verdict(connected(), exchange(), slow, well_ended()).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("before", [[], connected()], ids=["before connect", "after it"])
def test_status_0_after_a_server_that_could_not_be_reached_fails(before: Part) -> None:
    assert verdict(before, unreached(), ended(0)).outcome is Outcome.FAIL


def test_one_byte_that_is_still_owed_is_enough() -> None:
    said = verdict(connected(), exchange(), typed(1), taken(1), fin(), ended(0))
    assert said.outcome is Outcome.FAIL
    assert said.reason.startswith("1 bytes were owed at the end; ")


def test_a_client_whose_connection_was_refused_may_say_so_though_nothing_was_typed() -> None:
    assert verdict(refused(), input_ended(), ended(1)).outcome is Outcome.PASS


def test_where_nothing_is_known_of_the_service_any_status_after_an_orderly_run_will_do() -> None:
    made = history(*ORDERLY, ended(3))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL
    made.scope = ServiceScope(is_known=False)
    assert judge(INVARIANT, made).outcome is Outcome.PASS
