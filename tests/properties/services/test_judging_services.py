"""What is held against a server of another service, on hand-written histories."""

from dataclasses import replace
from types import ModuleType

import pytest

from properties.model.events import Event
from properties.model.history import History
from properties.model.oracle import ServiceScope
from properties.model.verdict import Outcome, judge
from properties.server.client_numbers import LAST_EXCHANGE
from properties.server.connection_records import SILENT, SMALLEST_LIMIT
from properties.server.events import End, Ended, Received
from properties.server.invariants import (
    clean_eof,
    exact_echo,
    isolation,
    listener_survives,
    prompt_service,
)
from tests.properties.server.histories import (
    Part,
    after_all,
    before_all,
    connection,
    eof,
    half_closed,
    history,
    injected,
    mismatched,
    opened,
    received,
    reset_by_peer,
    sent,
    stalled,
)

IN_OWN_WORDS = ServiceScope(in_own_words=True)
REFUSED = mismatched(1, 0, b"200 OK", b"500 no")


def allowed(event: Event) -> Event:
    """Return an end that the service lets the server make."""
    assert isinstance(event, Ended)
    return replace(event, allowed=True)


def at_once(*parts: Part) -> History:
    """These events soon after each other, with a server that has words of its own."""
    return with_scope(history(*parts, apart=SILENT / 10), IN_OWN_WORDS)


def with_scope(made: History, scope: ServiceScope) -> History:
    made.scope = scope
    return made


def test_a_server_may_end_a_connection_where_the_service_lets_it() -> None:
    made = history(before_all(), connection(1), opened(2), allowed(eof(2)), after_all())
    assert judge(exact_echo.INVARIANT, made).outcome is Outcome.PASS


def test_a_reset_after_the_fin_is_no_unclean_end_where_the_service_lets_it() -> None:
    steps = (opened(1), sent(1, 4), half_closed(1))
    for end, outcome in (
        (allowed(reset_by_peer(1, 4)), Outcome.PASS),
        (reset_by_peer(1, 4), Outcome.FAIL),
    ):
        assert judge(clean_eof.INVARIANT, history(*steps, end)).outcome is outcome


def test_a_server_with_its_own_words_may_refuse_a_client_that_a_fault_disturbed() -> None:
    made = history(before_all(), opened(1), sent(1, 6), injected(1), REFUSED, after_all())
    assert judge(exact_echo.INVARIANT, made).outcome is Outcome.FAIL
    with_own_words = with_scope(made, IN_OWN_WORDS)
    assert judge(exact_echo.INVARIANT, with_own_words).outcome is Outcome.PASS


def test_it_may_not_refuse_one_to_which_nothing_was_done() -> None:
    made = at_once(before_all(), opened(1), sent(1, 6), REFUSED, after_all())
    assert judge(exact_echo.INVARIANT, made).outcome is Outcome.FAIL


def test_it_may_end_a_client_that_has_been_silent_for_long_but_not_at_once() -> None:
    line = (opened(1), sent(1, 4), received(1, 4))
    others = (opened(2), injected(2))
    late = with_scope(history(before_all(), *line, *others, eof(1)), IN_OWN_WORDS)
    soon = at_once(before_all(), *others, *line, eof(1))
    for judged in (exact_echo, isolation):
        assert judge(judged.INVARIANT, late).outcome is Outcome.PASS
    assert judge(isolation.INVARIANT, soon).outcome is Outcome.FAIL


def test_it_is_silent_from_when_it_has_asked_for_it_may_read_the_answer_late() -> None:
    made = with_scope(history(before_all(), opened(1), sent(1, 4)), IN_OWN_WORDS)
    late = made.events[-1].at + 2 * SILENT
    made.add(Received(late, 1, 4, 4))
    made.add(replace(eof(1), at=late + SILENT / 10))
    assert judge(exact_echo.INVARIANT, made).outcome is Outcome.PASS


@pytest.mark.parametrize(("quiet", "outcome"), [(SILENT, Outcome.PASS), (0.0, Outcome.FAIL)])
def test_its_last_words_to_a_silent_client_may_cross_a_half_close(
    quiet: float, outcome: Outcome
) -> None:
    made = at_once(before_all(), opened(1))
    told = made.events[-1].at + quiet
    made.add(replace(mismatched(1, 0, b"", b"408 Request Timeout"), at=told))
    made.add(replace(half_closed(1), at=told))
    made.add(replace(eof(1), at=told + SILENT))
    assert judge(exact_echo.INVARIANT, made).outcome is outcome


def test_an_end_that_waits_for_another_client_to_leave_is_no_time_out() -> None:
    others = (opened(2), stalled(1, "end", others=(2,), accepted=True, served=2), eof(2))
    made = history(before_all(), opened(1), sent(1, 4), received(1, 4), half_closed(1), *others)
    made.add(replace(eof(1), at=made.events[-1].at + SILENT))
    assert judge(clean_eof.INVARIANT, with_scope(made, IN_OWN_WORDS)).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("scope", "outcome"), [(IN_OWN_WORDS, Outcome.INCONCLUSIVE), (ServiceScope(), Outcome.FAIL)]
)
def test_places_that_it_frees_itself_of_silent_clients_are_a_limit(
    scope: ServiceScope, outcome: Outcome
) -> None:
    crowd = tuple(range(2, 2 + SMALLEST_LIMIT))
    waiting = stalled(1, missing=4, others=crowd, accepted=True, served=len(crowd))
    came = [opened(client) for client in crowd]
    made = history(before_all(), came, opened(1), sent(1, 4), waiting, eof(2), received(1, 4))
    verdict = judge(prompt_service.INVARIANT, with_scope(made, scope))
    assert verdict.outcome is outcome
    assert verdict.reason.endswith("try --max-connections 8") == (scope is IN_OWN_WORDS)


def test_it_may_not_end_one_for_silence_that_it_owes_something() -> None:
    asked = (opened(1), sent(1, 4), opened(2), eof(1, missing=4))
    assert judge(exact_echo.INVARIANT, at_once(before_all(), *asked)).outcome is Outcome.FAIL


def crossing(*after: Part, half_close: bool = False) -> History:
    """A client that is silent, asks, and is ended at once, with bytes that it is owed."""
    before = history(before_all(), opened(1))
    asked_at = before.events[-1].at + SILENT
    end: Part = half_closed(1) if half_close else []
    asked = at_once(sent(1, 4), *after, end, eof(1, missing=2))
    for event in asked.events:
        before.add(replace(event, at=asked_at + event.at))
    return with_scope(before, IN_OWN_WORDS)


@pytest.mark.parametrize("judged", [exact_echo, isolation, clean_eof])
@pytest.mark.parametrize("half_close", [False, True])
def test_what_a_client_asks_after_a_silence_may_cross_its_end(
    judged: ModuleType, *, half_close: bool
) -> None:
    made = crossing(received(1, 2), half_close=half_close)
    assert judge(judged.INVARIANT, made).outcome is not Outcome.FAIL


@pytest.mark.parametrize(
    ("judged", "half_close"), [(exact_echo, False), (clean_eof, True)], ids=["open", "half-closed"]
)
def test_it_serves_the_client_again_once_it_has_answered(
    judged: ModuleType, *, half_close: bool
) -> None:
    made = crossing(received(1, 4), sent(1, 2), half_close=half_close)
    assert judge(judged.INVARIANT, made).outcome is Outcome.FAIL


def late_reader(*, of: float) -> History:
    """A client that begins to read so many seconds after it has asked, and is reset then."""
    made = at_once(before_all(), opened(1), sent(1, 4))
    late_at = made.events[-1].at + of
    made.add(Received(late_at, 1, 2, 2))
    made.add(Ended(late_at, 1, End.RESET, 2, "ECONNRESET", late_at=late_at))
    return made


def test_it_may_give_up_a_client_that_reads_late() -> None:
    assert judge(exact_echo.INVARIANT, late_reader(of=SILENT)).outcome is Outcome.PASS
    assert judge(exact_echo.INVARIANT, late_reader(of=SILENT / 2)).outcome is Outcome.FAIL


@pytest.mark.parametrize("made", [crossing(received(1, 2)), late_reader(of=SILENT)])
def test_an_echo_server_answers_such_a_client_too(made: History) -> None:
    assert judge(exact_echo.INVARIANT, with_scope(made, ServiceScope())).outcome is Outcome.FAIL


def test_what_a_service_cannot_say_is_not_applicable_with_the_reason() -> None:
    scope = ServiceScope({"exact_echo": "it is not known"})
    verdict = judge(exact_echo.INVARIANT, with_scope(history(REFUSED), scope))
    assert (verdict.outcome, verdict.reason) == (Outcome.NOT_APPLICABLE, "it is not known")


def test_a_listener_that_accepts_no_client_any_more_is_found_without_an_answer() -> None:
    waiting = stalled(LAST_EXCHANGE, "end", accepted=False)
    last = (opened(LAST_EXCHANGE), half_closed(LAST_EXCHANGE), waiting)
    made = history(before_all(), connection(1), *last)
    assert judge(listener_survives.INVARIANT, made).outcome is Outcome.FAIL
