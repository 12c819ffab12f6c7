"""prompt_service: telling a client that was held up from a limit, and both from a loss."""

from dataclasses import replace

import pytest

from faults.server.flooding_client import MANY_BYTES, MANY_READS
from properties.model.events import Conclusion
from properties.model.verdict import Outcome, judge
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.connection_records import SMALLEST_LIMIT
from properties.server.invariants.prompt_service import (
    INVARIANT,
    LARGE_CROWD,
    blocked_by_a_child,
    meets_a_limit,
)
from properties.server.process_events import Waiting
from tests.properties.server.histories import (
    Part,
    closed,
    connection,
    eof,
    half_closed,
    half_life,
    history,
    injected,
    limit_seen,
    listener_ended,
    mismatched,
    opened,
    overtaken,
    received,
    sent,
    server_found,
    stalled,
    waiting,
)

CROWD = tuple(range(2, 2 + SMALLEST_LIMIT))


def late(waiting: Part) -> list[Part]:
    """A client that waited, and was served when another had gone."""
    return [opened(1), sent(1, 10), waiting, closed(2, final=True), received(1, 10)]


def test_it_holds_when_nobody_waits() -> None:
    made = history(connection(1), connection(2))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_client_that_is_served_only_after_another_has_gone_fails() -> None:
    waiting = stalled(1, missing=10, others=(2,), accepted=False, served=1)
    verdict = judge(INVARIANT, history(*late(waiting)))
    assert verdict.outcome is Outcome.FAIL
    assert "c1, beside 1 other, was served only after another client had left" in verdict.reason


def test_a_client_that_is_served_only_after_another_has_read_fails() -> None:
    waiting = stalled(1, missing=10, others=(2,), accepted=True, served=1)
    read = (received(2, 10), received(1, 10))
    verdict = judge(INVARIANT, history(opened(1), sent(1, 10), waiting, *read))
    assert verdict.outcome is Outcome.FAIL
    assert "had left or had read" in verdict.reason


def test_a_client_that_is_served_before_another_reads_was_only_slow() -> None:
    waiting = stalled(1, missing=10, others=(2,), accepted=True, served=1)
    read = (received(1, 10), received(2, 10))
    made = history(opened(1), sent(1, 10), waiting, *read)
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_one_that_could_still_have_been_served_is_not_held_up_by_who_reads() -> None:
    waiting = stalled(
        1, missing=10, others=(2,), accepted=True, served=1, conclusion=Conclusion.STARVED
    )
    made = history(opened(1), sent(1, 10), waiting, received(2, 10), received(1, 10))
    assert judge(INVARIANT, made).outcome is not Outcome.FAIL


def test_an_accepted_client_that_waits_for_a_crowd_fails() -> None:
    waiting = stalled(1, missing=10, others=CROWD, accepted=True, served=len(CROWD))
    assert judge(INVARIANT, history(*late(waiting))).outcome is Outcome.FAIL


def test_an_accepted_client_that_waits_for_a_large_crowd_has_met_the_end_of_a_pool() -> None:
    crowd = tuple(range(2, 2 + LARGE_CROWD))
    waiting = stalled(1, missing=10, others=crowd, accepted=True, served=len(crowd))
    verdict = judge(INVARIANT, history(*late(waiting)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith(f"try --max-connections {LARGE_CROWD}")


def test_a_crowd_that_is_served_looks_like_a_limit_and_the_option_is_named() -> None:
    waiting = stalled(1, missing=10, others=CROWD, accepted=False, served=8)
    verdict = judge(INVARIANT, history(*late(waiting)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "serves 8 clients at once" in verdict.reason
    assert verdict.reason.endswith("try --max-connections 8")


def test_a_crowd_that_is_not_served_either_is_no_limit() -> None:
    waiting = stalled(1, missing=10, others=CROWD, accepted=False, served=7)
    assert judge(INVARIANT, history(*late(waiting))).outcome is Outcome.FAIL


def test_by_address_all_the_others_are_taken_as_served() -> None:
    waiting = stalled(1, missing=10, others=CROWD, accepted=None, served=0)
    verdict = judge(INVARIANT, history(*late(waiting), by_address=True))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith(f"try --max-connections {len(CROWD)}")


def test_a_small_crowd_that_is_served_fails_and_the_option_is_named_all_the_same() -> None:
    waiting = stalled(1, missing=10, others=(2, 3, 4), accepted=False, served=3)
    verdict = judge(INVARIANT, history(*late(waiting)))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.endswith("say --max-connections 3")


def test_an_echo_that_comes_though_nobody_has_gone_was_held_up_by_nobody() -> None:
    waiting = stalled(1, missing=10, others=(2,))
    made = history(opened(1), sent(1, 10), waiting, received(1, 10), closed(2, final=True))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_one_that_is_held_up_fails_although_another_met_a_limit() -> None:
    limit = stalled(1, missing=10, others=CROWD, accepted=False, served=8)
    held_up = stalled(20, missing=10, others=(30,), accepted=True, served=1)
    made = history(*late(limit), opened(20), sent(20, 10), held_up, eof(30), received(20, 10))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_an_echo_that_never_comes_is_left_to_exact_echo() -> None:
    made = history(opened(1), sent(1, 10), stalled(1, missing=10, others=(2,)), received(1, 9))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_an_echo_that_only_the_half_close_brings_is_left_to_exact_echo() -> None:
    made = history(
        opened(1),
        sent(1, 10),
        stalled(1, missing=10, others=(2,)),
        stalled(1, missing=10, others=()),
        half_closed(1),
        received(1, 10),
    )
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_client_that_waited_while_alone_was_held_up_by_nobody() -> None:
    made = history(*late(stalled(1, missing=10, others=())))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_waiting_for_the_end_is_no_waiting_for_service() -> None:
    made = history(half_life(1), stalled(1, "end", others=(2,)), received(1, 0))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_starved_server_is_not_judged() -> None:
    waiting = stalled(1, missing=10, others=(2,), conclusion=Conclusion.STARVED)
    assert judge(INVARIANT, history(*late(waiting))).outcome is Outcome.INCONCLUSIVE


def test_a_hurt_connection_has_no_claim_to_service() -> None:
    made = history(*late(stalled(1, missing=10, others=(2,))), injected(1))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_listener_that_died_is_left_to_listener_survives() -> None:
    made = history(*late(stalled(1, missing=10, others=(2,))), listener_ended())
    assert judge(INVARIANT, made).outcome is Outcome.PASS


IN_WAIT = (server_found(), waiting(p4711="wait4"))
"""The listener waits for a child of its own."""


def test_a_listener_that_waits_for_a_child_holds_up_a_crowd_and_has_no_limit() -> None:
    stall = stalled(1, missing=10, others=CROWD, accepted=False, served=8)
    verdict = judge(INVARIANT, history(*IN_WAIT, *late(stall)))
    assert verdict.outcome is Outcome.FAIL
    assert "beside 8 others" in verdict.reason
    assert "--max-connections" not in verdict.reason


def test_the_master_of_a_pool_that_waits_for_its_children_blocks_nobody() -> None:
    stall = stalled(1, missing=10, others=(2, 3), accepted=False, served=2)
    pool = (server_found(4712, 4713), waiting(p4711="wait4", p4712="read", p4713="read"))
    verdict = judge(INVARIANT, history(*pool, *late(stall)))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.endswith("say --max-connections 2")


def test_a_helper_of_a_listener_that_waits_is_no_pool() -> None:
    stall = stalled(1, missing=10, others=(), accepted=False, served=0)
    seen = (server_found(4712), waiting(p4711="wait4", p4712="read"))
    assert len(blocked_by_a_child(history(*seen, *late(stall)))) == 1


def test_a_worker_that_waits_for_a_child_is_not_the_listener() -> None:
    stall = stalled(1, missing=10, others=CROWD, accepted=False, served=8)
    made = history(server_found(), waiting(p4711="accept", p4712="wait4"), *late(stall))
    assert judge(INVARIANT, made).outcome is Outcome.INCONCLUSIVE


def test_a_listener_that_waits_for_a_child_at_a_limit_that_was_seen_has_a_limit() -> None:
    stall = stalled(1, missing=10, others=CROWD, accepted=False, served=8)
    verdict = judge(INVARIANT, history(*IN_WAIT, *late(stall), limit_seen(8)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith("try --max-connections 8")


def test_a_client_without_a_wish_that_is_accepted_late_was_held_up() -> None:
    stall = stalled(1, "end", others=(2,), accepted=False, served=1)
    made = history(opened(1), half_closed(1), stall, closed(2, final=True), eof(1))
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.FAIL
    assert "was served only after another client had left" in verdict.reason


def test_a_client_that_was_answered_wrongly_was_accepted_all_the_same() -> None:
    """It reads no more, so that the server's FIN waits behind bytes, and the server has closed."""
    stall = stalled(1, "end", others=(2,), accepted=False, served=1)
    wrong = [opened(1), sent(1, 10), mismatched(1, 3, b"a", b"b"), half_closed(1)]
    made = history(wrong, stall, closed(2, final=True), eof(1))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_line_that_is_answered_was_not_overtaken_for_too_long() -> None:
    made = history(overtaken(2, 1, reads=MANY_READS, count=MANY_BYTES, answered=True))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_line_that_waits_while_another_client_is_served_without_end_fails() -> None:
    verdict = judge(INVARIANT, history(overtaken(2, 1, reads=MANY_READS, count=MANY_BYTES)))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == (
        f"c2 waited for the echo of a line while {MANY_READS} reads of c1 were served, 8 MiB in all"
    )


@pytest.mark.parametrize(
    ("reads", "count"), [(MANY_READS - 1, MANY_BYTES), (MANY_READS, MANY_BYTES - 1)]
)
def test_few_reads_or_few_bytes_prove_nothing(reads: int, count: int) -> None:
    verdict = judge(INVARIANT, history(overtaken(2, 1, reads=reads, count=count)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith("too few to tell")


@pytest.mark.parametrize("call", ["wait4", "waitid"])
def test_either_way_to_wait_for_a_child_is_no_limit(call: str) -> None:
    stall = stalled(1, missing=10, others=CROWD, accepted=False, served=8)
    made = history(server_found(), waiting(p4711=call, p4712="read"), *late(stall))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL
    (found,) = blocked_by_a_child(made)
    assert (found.client, found.served) == (1, 8)


def test_a_server_whose_processes_were_never_looked_at_may_have_a_limit() -> None:
    stall = stalled(1, missing=10, others=CROWD, accepted=False, served=8)
    for seen in (server_found(), waiting(p4711="wait4")):
        made = history(seen, *late(stall))
        assert judge(INVARIANT, made).outcome is Outcome.INCONCLUSIVE
        assert blocked_by_a_child(made) == []


def test_the_last_look_before_the_client_waited_in_vain_counts() -> None:
    stall = stalled(1, missing=10, others=CROWD, accepted=False, served=8)
    in_wait, accepts = waiting(p4711="wait4"), waiting(p4711="accept")
    for looks, outcome in (
        ((in_wait, accepts), Outcome.INCONCLUSIVE),
        ((accepts, in_wait), Outcome.FAIL),
    ):
        made = history(server_found(), *looks, *late(stall))
        assert judge(INVARIANT, made).outcome is outcome
    later = history(server_found(), accepts, *late(stall), in_wait)
    assert judge(INVARIANT, later).outcome is Outcome.INCONCLUSIVE


def test_a_client_that_is_served_at_once_is_blocked_by_no_child() -> None:
    assert blocked_by_a_child(history(*IN_WAIT, connection(1))) == []


@pytest.mark.parametrize(("served", "hint"), [(1, ""), (2, "say --max-connections 2")])
def test_a_server_of_one_client_at_a_time_is_not_said_to_be_meant_so(
    served: int, hint: str
) -> None:
    stall = stalled(1, missing=10, others=(2, 3), accepted=False, served=served)
    reason = judge(INVARIANT, history(*late(stall))).reason
    assert reason.endswith(hint) if hint else "--max-connections" not in reason


def test_a_client_that_was_accepted_has_met_no_limit_that_an_option_names() -> None:
    stall = stalled(1, missing=10, others=(2, 3, 4), accepted=True, served=3)
    assert "--max-connections" not in judge(INVARIANT, history(*late(stall))).reason


def test_a_limit_above_those_that_are_served_is_not_what_the_client_waits_for() -> None:
    stall = stalled(1, missing=10, others=CROWD, accepted=False, served=8)
    made = history(*IN_WAIT, *late(stall), limit_seen(9))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


@pytest.mark.parametrize(("others", "outcome"), [(31, Outcome.FAIL), (32, Outcome.INCONCLUSIVE)])
def test_a_pool_counts_as_one_from_thirty_two_clients_on(others: int, outcome: Outcome) -> None:
    crowd = tuple(range(2, 2 + others))
    stall = stalled(1, missing=10, others=crowd, accepted=True, served=others)
    assert judge(INVARIANT, history(*late(stall))).outcome is outcome


def test_one_client_that_looks_as_if_it_met_a_limit_is_enough() -> None:
    limit = stalled(1, missing=10, others=CROWD, accepted=False, served=8)
    assert meets_a_limit(history(half_life(20), *late(limit)))


@pytest.mark.parametrize(
    "stall",
    [
        stalled(1, missing=10, others=(2,), accepted=False, served=1),
        stalled(
            1, missing=10, others=CROWD, accepted=False, served=8, conclusion=Conclusion.STARVED
        ),
    ],
    ids=["a small crowd", "not proven"],
)
def test_what_is_no_limit_is_met_by_nobody(stall: Part) -> None:
    assert not meets_a_limit(history(*late(stall)))
    assert not meets_a_limit(history(connection(1)))


def test_a_line_that_waited_for_long_fails_though_another_waited_too_shortly_to_tell() -> None:
    short, long = (overtaken(c, 1, reads=MANY_READS, count=c * MANY_BYTES) for c in (0, 2))
    verdict = judge(INVARIANT, history(short, long))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.startswith("c2 waited")


def test_a_client_that_waits_beside_others_as_one_alone_does_is_held_up_by_none() -> None:
    alone = [opened(FIRST_EXCHANGE), sent(FIRST_EXCHANGE, 24), stalled(FIRST_EXCHANGE, missing=24)]
    waiting = stalled(1, missing=10, others=(2,), accepted=True, served=1)
    assert judge(INVARIANT, history(alone, *late(waiting))).outcome is Outcome.NOT_APPLICABLE


def test_one_process_that_was_there_from_the_start_is_a_pool_where_one_client_is_served() -> None:
    stall = stalled(1, missing=10, others=(2,), accepted=False, served=1)
    seen = (server_found(4712), waiting(p4711="wait4", p4712="read"))
    assert blocked_by_a_child(history(*seen, *late(stall))) == []


def test_a_process_of_another_parent_is_no_pool() -> None:
    """It is a grandchild that was there from the start: the listener waits for a child."""
    stall = stalled(1, missing=10, others=(2,), accepted=False, served=1)
    seen = waiting(p4711="wait4", p4712="read")
    assert isinstance(seen, Waiting)
    elsewhere = [replace(one, parent=4715) if one.pid == 4712 else one for one in seen.processes]
    moved = replace(seen, processes=tuple(elsewhere))
    made = history(server_found(4712), moved, *late(stall))
    assert len(blocked_by_a_child(made)) == 1
