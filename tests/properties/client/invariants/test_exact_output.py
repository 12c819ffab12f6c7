"""exact_output of a client: bytes that were changed, lost, kept back, or never due."""

from signal import SIGPIPE

import pytest

from faults.client_context import PeerEnd
from properties.client.events import Answered, Awaited, PeerEnded, Place
from properties.client.invariants.exact_output import INVARIANT
from properties.model.events import Conclusion, Event
from properties.model.verdict import Outcome, Verdict, judge
from tests.properties.client.histories import (
    EVIDENCE,
    Part,
    altered,
    answered,
    connected,
    delivered,
    ended,
    exchange,
    fin,
    finished,
    half_close,
    history,
    input_ended,
    interrupted,
    killed,
    killed_by_us,
    printed,
    rst,
    says,
    starved,
    surplus,
    taken,
    typed,
    waited,
    well_ended,
)


def verdict(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(connected(), *parts))


def unprinted(count: int) -> list[Event]:
    """Bytes that are typed and echoed, and not seen again."""
    return [typed(count), taken(count), answered(count)]


def test_it_holds_when_every_byte_is_sent_and_printed() -> None:
    assert verdict(exchange(), exchange(5), well_ended()).outcome is Outcome.PASS


@pytest.mark.parametrize("place", Place)
def test_bytes_that_differ_fail_wherever_they_were_changed(place: Place) -> None:
    said = verdict(exchange(), altered(place, offset=7), well_ended())
    assert said.outcome is Outcome.FAIL
    assert said.reason == f"{place.value} differs at byte 7: b'come' instead of b'due'"


def test_bytes_that_differ_fail_also_after_a_surplus() -> None:
    assert verdict(surplus(5), altered(), well_ended()).outcome is Outcome.FAIL


def test_bytes_that_differ_fail_also_on_a_slow_machine() -> None:
    assert verdict(altered(), starved()).outcome is Outcome.FAIL


@pytest.mark.parametrize("what", [Awaited.INPUT, Awaited.ECHO, Awaited.CONNECTION])
def test_a_client_that_was_waited_for_in_vain_fails(what: Awaited) -> None:
    said = verdict(exchange(), waited(what, missing=12), killed_by_us())
    assert said.outcome is Outcome.FAIL
    assert said.reason == (f"the client was waited for {what.value}, 12 bytes, in vain: {EVIDENCE}")


@pytest.mark.parametrize("what", [Awaited.NOTICE, Awaited.EXIT, Awaited.EXIT_AFTER_FIN])
def test_other_waits_in_vain_are_not_its_business(what: Awaited) -> None:
    assert verdict(exchange(), waited(what), killed_by_us()).outcome is Outcome.PASS


def test_a_wait_that_could_not_be_told_is_inconclusive() -> None:
    said = verdict(waited(Awaited.ECHO, Conclusion.STARVED), killed_by_us())
    assert said.outcome is Outcome.INCONCLUSIVE
    assert "too little time" in said.reason


def test_whoever_was_interrupted_in_connect_is_left_to_the_invariant_about_that() -> None:
    stuck = verdict(interrupted(), waited(Awaited.CONNECTION), killed_by_us())
    gone = verdict(interrupted(), input_ended(client_lives=False), ended(1))
    assert [stuck.outcome, gone.outcome] == [Outcome.PASS, Outcome.PASS]


def test_a_client_that_ends_while_its_input_and_the_server_are_there_fails() -> None:
    said = verdict(exchange(), says("oops"), input_ended(client_lives=False), ended(3))
    assert said.outcome is Outcome.FAIL
    assert "ended while its input was open" in said.reason
    assert "exited with status 3, and said 'oops'" in said.reason


def test_a_client_that_a_signal_ends_early_fails() -> None:
    said = verdict(exchange(), input_ended(client_lives=False), killed(SIGPIPE))
    assert said.outcome is Outcome.FAIL
    assert "SIGPIPE" in said.reason


def test_whoever_got_what_was_not_owed_may_end() -> None:
    said = verdict(surplus(5), printed(5), input_ended(client_lives=False), ended(1))
    assert said.outcome is Outcome.PASS


def test_whoever_got_what_was_not_owed_may_leave_it_unread() -> None:
    said = verdict(surplus(5), delivered(), fin(), says("EOF"), ended(1))
    assert said.outcome is Outcome.PASS


def test_what_it_had_read_at_rest_must_be_printed() -> None:
    said = verdict(exchange(10), unprinted(5), delivered(), input_ended(), fin(), ended(0))
    assert said.outcome is Outcome.FAIL
    assert said.reason.startswith("5 of 15 bytes that had come to the client were not printed")


@pytest.mark.parametrize("end", [[rst()], [half_close(), rst()]], ids=["RST", "FIN, RST"])
def test_whole_lines_that_came_before_a_reset_must_be_printed(end: list[Event]) -> None:
    lines = Answered(0, 5, 0, lines=15)
    said = verdict(exchange(10), typed(5), taken(5), lines, *end, says("reset"), ended(1))
    assert said.outcome is Outcome.FAIL
    assert said.reason.startswith("5 of 15 bytes")


def test_whoever_had_something_to_write_may_have_met_the_reset_there() -> None:
    lines = Answered(0, 5, 0, lines=15)
    told = (says("reset"), ended(1))
    said = verdict(exchange(10), typed(5), taken(5), lines, rst(), typed(9), *told)
    assert said.outcome is Outcome.PASS


def test_whose_input_has_ended_may_still_have_something_to_write() -> None:
    lines = Answered(0, 5, 0, lines=15)
    for unsent, outcome in ((True, Outcome.PASS), (False, Outcome.FAIL)):
        met = (input_ended(), rst(unsent=unsent), says("reset"), ended(1))
        said = verdict(exchange(10), typed(5), taken(5), lines, *met)
        assert said.outcome is outcome


def test_a_line_that_was_still_to_be_completed_may_be_lost_with_the_connection() -> None:
    line = Answered(0, 5, 0, lines=10)
    said = verdict(exchange(10), typed(5), taken(5), line, rst(), says("reset"), ended(1))
    assert said.outcome is Outcome.PASS


def test_what_a_reset_overtook_need_not_be_printed() -> None:
    lines = Answered(0, 5, 0, lines=15)
    reset = PeerEnded(0, PeerEnd.RESET, 0, True, True, True, on_its_way=5)
    said = verdict(exchange(10), typed(5), taken(5), lines, reset, says("reset"), ended(1))
    assert said.outcome is Outcome.PASS


@pytest.mark.parametrize("end", [fin(), half_close()])
def test_what_came_before_a_fin_must_be_printed(end: Part) -> None:
    said = verdict(exchange(10), unprinted(5), end, says("EOF"), ended(1))
    assert said.outcome is Outcome.FAIL
    assert said.reason.startswith("5 of 15 bytes")


def test_what_is_echoed_after_the_end_of_the_input_is_left_to_the_invariant_about_that() -> None:
    said = verdict(typed(5), input_ended(), taken(5), answered(5), delivered(), fin(), ended(0))
    assert said.outcome is Outcome.PASS


def test_whoever_was_killed_by_us_may_have_printed_later() -> None:
    said = verdict(unprinted(5), delivered(), killed_by_us())
    assert said.outcome is Outcome.PASS


def test_a_starved_client_on_which_nothing_was_seen_is_not_judged() -> None:
    assert verdict(exchange(), starved(), well_ended()).outcome is Outcome.INCONCLUSIVE


def test_after_a_surplus_a_client_may_wait_for_ever() -> None:
    assert verdict(surplus(5), typed(24), waited(Awaited.ECHO), killed_by_us()).outcome is (
        Outcome.PASS
    )


def test_a_client_that_ends_its_side_while_its_input_is_open_fails() -> None:
    early = exchange(), finished(), input_ended(), fin(), ended(0)
    said = verdict(*early)
    assert said.outcome is Outcome.FAIL
    assert said.reason.startswith("the client ended its side while its input was open; ")
    assert verdict(surplus(5), printed(5), *early).outcome is Outcome.PASS


def test_a_client_that_was_reset_before_any_echo_owes_no_line() -> None:
    assert verdict(typed(24), taken(24), rst(), says("reset"), ended(1)).outcome is Outcome.PASS
