"""clean_stop: what is left of a server that was told to stop, and what its clients got."""

from dataclasses import replace

import pytest

from properties.model.events import Conclusion, Event
from properties.model.verdict import NO_PROCESSES, NOT_TRIED, Outcome, Verdict, judge
from properties.server.events import SeenProcess
from properties.server.invariants.clean_stop import INVARIANT, MOST_NAMED
from properties.server.stopping.events import (
    LeftProcess,
    ServedAtStop,
    SignalAction,
    StopAwaited,
    ToldToStop,
)
from tests.properties.server.histories import (
    LISTENER,
    Part,
    connection,
    eof,
    half_life,
    history,
    how_it_ended,
    opened,
    received,
    reset_by_peer,
    sent,
    stalled,
)

WORKER = 4712
BOTH = ("SIGTERM", "SIGINT")
ENDED = "exited with status 0"


def told(
    signal: str = "SIGTERM",
    *,
    also: tuple[int, ...] = (),
    by: int = LISTENER,
    caught: tuple[str, ...] = BOTH,
    written: int = 0,
) -> Event:
    """The listener, and others, were told while `by` served c1, to which so much was written."""
    actions = (SignalAction(LISTENER, "server", caught), SignalAction(WORKER, "server", caught))
    served = (ServedAtStop(1, (by,), written),)
    return ToldToStop(0, signal, LISTENER, (LISTENER, *also), actions, served)


def left(pid: int, *clients: int, told: bool = True) -> LeftProcess:
    return LeftProcess(SeenProcess(pid, 1, "server", "S", ("accept",)), clients, told)


def look(
    *found: LeftProcess,
    clients: bool = True,
    listening: tuple[int, ...] = (),
    ending: str = "",
    said: str = "",
    conclusion: Conclusion = Conclusion.SETTLED,
) -> Event:
    how = how_it_ended(ending)
    return StopAwaited(0, clients, found, listening, ending, said, conclusion, "", *how)


GONE = (look(ending=ENDED), look(clients=False, ending=ENDED))


def judged(*parts: Part, by_address: bool = False) -> Verdict:
    return judge(INVARIANT, history(*parts, by_address=by_address))


def test_it_holds_when_the_server_has_ended() -> None:
    verdict = judged(half_life(1), told(), *GONE, eof(1))
    assert (verdict.outcome, verdict.reason) == (Outcome.PASS, "it has ended")


def test_it_holds_when_a_worker_serves_its_client_until_that_leaves() -> None:
    served = look(left(WORKER, 1, told=False), ending=ENDED)
    verdict = judged(half_life(1), told(by=WORKER), served, eof(1), look(clients=False))
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == "it has ended, 1 of its processes once their clients had left"


def test_a_server_that_still_listens_fails() -> None:
    listens = look(left(LISTENER), listening=(LISTENER,))
    verdict = judged(told(), listens)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "after SIGTERM to 4711 it still listens: 4711 (server in accept)"


@pytest.mark.parametrize(
    ("process", "why"),
    [
        (replace(left(LISTENER), blocks=True, pending=True), "blocks SIGTERM, so that it is pend"),
        (replace(left(LISTENER), ignores=True), "ignores SIGTERM"),
        (left(WORKER, told=False), "was not told"),
    ],
)
def test_the_reason_says_why_a_process_does_not_end(process: LeftProcess, why: str) -> None:
    verdict = judged(told(), look(process, listening=(process.process.pid,)))
    assert f", which {why}" in verdict.reason


def test_sigint_that_a_daemon_catches_for_something_else_is_not_judged() -> None:
    verdict = judged(told("SIGINT"), look(left(LISTENER), listening=(LISTENER,)))
    assert verdict.outcome is Outcome.NOT_APPLICABLE


def test_sigint_that_ends_the_master_and_leaves_its_pool_fails() -> None:
    pool = look(left(WORKER, told=False), listening=(WORKER,), ending=ENDED)
    assert judged(told("SIGINT"), pool).outcome is Outcome.FAIL


def test_a_server_that_waits_for_a_silent_client_without_a_word_fails() -> None:
    verdict = judged(half_life(1), told(), look(left(LISTENER, 1)), eof(1), look(clients=False))
    assert verdict.outcome is Outcome.FAIL
    assert "does not end as long as c1 stays connected, and says nothing of that" in verdict.reason


def test_a_master_that_waits_for_a_worker_without_a_word_fails_as_well() -> None:
    waits = look(left(LISTENER), left(WORKER, 1, told=False))
    verdict = judged(half_life(1), told(by=WORKER), waits, eof(1), look(clients=False))
    assert verdict.outcome is Outcome.FAIL


def test_a_server_that_says_that_it_waits_passes() -> None:
    waits = look(left(LISTENER, 1), said="waiting for 1 client\n")
    assert judged(half_life(1), told(), waits, eof(1), look(clients=False)).outcome is Outcome.PASS


def test_a_process_that_is_left_without_clients_fails_and_is_said_to_be_killed() -> None:
    stays = look(left(WORKER, told=False), clients=False, ending=ENDED)
    verdict = judged(half_life(1), told(), look(ending=ENDED), eof(1), stays)
    assert verdict.outcome is Outcome.FAIL
    assert (
        "with no client left it had to be killed: 4712 (server in accept), which was not told"
        in (verdict.reason)
    )


def test_a_client_that_is_neither_served_nor_told_of_an_end_fails() -> None:
    hangs = look(left(WORKER, 1), ending=ENDED)
    verdict = judged(half_life(1), told(), hangs, stalled(1, missing=24), look(clients=False))
    assert verdict.outcome is Outcome.FAIL
    assert "c1 is neither served nor told of an end" in verdict.reason


WRITTEN = [opened(1), sent(1, 100)]


def test_a_reset_that_loses_what_was_written_fails() -> None:
    verdict = judged(WRITTEN, told(written=100), received(1, 60), reset_by_peer(1, 40), *GONE)
    assert verdict.outcome is Outcome.FAIL
    assert "c1 got ECONNRESET and 60 of 100 bytes that had been written to it" in verdict.reason


def test_a_reset_after_all_that_was_written_loses_nothing() -> None:
    parts = (WRITTEN, told(written=60), received(1, 60), reset_by_peer(1, 40), *GONE)
    assert judged(*parts).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("signal", "caught", "ending"),
    [
        ("SIGTERM", (), "killed by SIGTERM"),
        ("SIGTERM", BOTH, "killed by SIGTERM"),
        ("SIGTERM", BOTH, "exited with status 143"),
        ("SIGINT", BOTH, "exited with status 130"),
        ("SIGINT", ("SIGINT",), "exited with status 1"),
    ],
    ids=["not caught", "sent again", "with its status", "SIGINT", "an exception of Python"],
)
def test_what_the_default_action_loses_is_not_judged(
    signal: str, caught: tuple[str, ...], ending: str
) -> None:
    parts = (WRITTEN, told(signal, caught=caught, written=100), received(1, 60))
    ends = (reset_by_peer(1, 40), look(ending=ending), look(clients=False, ending=ending))
    assert judged(*parts, *ends).outcome is Outcome.PASS


def test_a_machine_that_is_too_busy_proves_nothing() -> None:
    starved = look(left(LISTENER), listening=(LISTENER,), conclusion=Conclusion.STARVED)
    assert judged(told(), starved).outcome is Outcome.INCONCLUSIVE


def test_a_run_that_broke_off_before_the_look_proves_nothing() -> None:
    assert judged(told()).outcome is Outcome.INCONCLUSIVE


def test_where_it_was_not_told_it_has_no_meaning() -> None:
    assert judged(connection(1)).reason == NOT_TRIED


def test_by_address_it_has_no_meaning() -> None:
    assert judged(connection(1), by_address=True).reason == NO_PROCESSES


def test_one_look_at_a_starved_server_is_enough_for_doubt() -> None:
    listens = look(left(LISTENER), listening=(LISTENER,))
    starved = look(clients=False, conclusion=Conclusion.STARVED)
    assert judged(told(), listens, starved).outcome is Outcome.INCONCLUSIVE


def test_sigint_is_an_order_to_a_server_that_no_longer_listens() -> None:
    hangs = look(left(LISTENER), clients=False)
    assert judged(told("SIGINT"), hangs, hangs).outcome is Outcome.FAIL


def test_sigint_is_no_order_to_a_daemon_with_workers_either() -> None:
    listens = look(left(LISTENER), left(WORKER), listening=(LISTENER, WORKER))
    assert judged(told("SIGINT"), listens, *GONE).outcome is Outcome.NOT_APPLICABLE


def test_the_first_look_says_whether_it_still_listened() -> None:
    later = look(left(LISTENER), clients=False, listening=(LISTENER,))
    verdict = judged(told(), look(left(LISTENER, 1), said="waiting"), later)
    assert "it still listens" not in verdict.reason
    sigint = judged(told("SIGINT"), look(left(LISTENER, 1), said="waiting"), later)
    assert sigint.outcome is Outcome.FAIL


def test_a_server_without_clients_that_stays_is_not_said_to_wait_for_one() -> None:
    stays = look(left(LISTENER), clients=False)
    verdict = judged(told(), stays)
    assert "with no client left it had to be killed" in verdict.reason


@pytest.mark.parametrize(
    ("caught_by_one", "outcome"), [(("SIGINT",), Outcome.PASS), (BOTH, Outcome.FAIL)]
)
def test_a_loss_counts_where_all_that_served_the_client_have_caught_the_signal(
    caught_by_one: tuple[str, ...], outcome: Outcome
) -> None:
    actions = (
        SignalAction(LISTENER, "server", BOTH),
        SignalAction(WORKER, "server", caught_by_one),
    )
    served = (ServedAtStop(1, (LISTENER, WORKER), 100),)
    order = ToldToStop(0, "SIGTERM", LISTENER, (LISTENER,), actions, served)
    parts = (WRITTEN, order, received(1, 60), reset_by_peer(1, 40), *GONE)
    assert judged(*parts).outcome is outcome


def test_a_server_that_catches_other_signals_as_well_has_decided_itself() -> None:
    order = told(caught=(*BOTH, "SIGCHLD"), written=100)
    parts = (WRITTEN, order, received(1, 60), reset_by_peer(1, 40), *GONE)
    assert judged(*parts).outcome is Outcome.FAIL


def test_sigint_that_is_not_caught_loses_by_its_default_action() -> None:
    order = told("SIGINT", caught=("SIGTERM",), written=100)
    parts = (WRITTEN, order, received(1, 60), reset_by_peer(1, 40), *GONE)
    assert judged(*parts).outcome is Outcome.PASS


def test_one_look_that_shows_the_default_action_is_enough() -> None:
    parts = (WRITTEN, told(written=100), received(1, 60), reset_by_peer(1, 40))
    ends = (
        look(left(LISTENER, 1), said="waiting"),
        look(clients=False, ending="killed by SIGTERM"),
    )
    assert judged(*parts, *ends).outcome is Outcome.PASS


def test_a_client_that_no_process_served_has_lost_nothing() -> None:
    served = (ServedAtStop(1, (), 100),)
    order = ToldToStop(0, "SIGTERM", LISTENER, (LISTENER,), (), served)
    assert judged(WRITTEN, order, reset_by_peer(1, 40), *GONE).outcome is Outcome.PASS


def test_only_the_bytes_and_the_end_of_the_same_client_count() -> None:
    """What c2 got does not make up for what c1 has lost, and the end of c2 is none of c1."""
    lost = (WRITTEN, half_life(2, 200), told(written=100), received(1, 60), reset_by_peer(1, 40))
    assert "c1 got ECONNRESET and 60 of 100 bytes" in judged(*lost, *GONE).reason
    stays = (WRITTEN, half_life(2), told(written=100), received(1, 60), reset_by_peer(2), *GONE)
    assert judged(*stays).outcome is Outcome.PASS


def test_bytes_that_came_in_pieces_are_all_counted() -> None:
    pieces = (received(1, 60), received(1, 40))
    assert judged(WRITTEN, told(written=100), *pieces, eof(1), *GONE).outcome is Outcome.PASS


@pytest.mark.parametrize(("written", "outcome"), [(0, Outcome.PASS), (1, Outcome.FAIL)])
def test_a_client_that_got_nothing_has_lost_what_was_written_to_it(
    written: int, outcome: Outcome
) -> None:
    parts = (WRITTEN, told(written=written), reset_by_peer(1, 100), *GONE)
    assert judged(*parts).outcome is outcome


def test_a_client_that_is_still_connected_has_lost_nothing_yet() -> None:
    parts = (WRITTEN, told(written=100), received(1, 60), *GONE)
    assert judged(*parts).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "before_or_other",
    [
        (stalled(1, missing=24), told()),
        (told(), stalled(1, "end")),
        (told(), stalled(1, missing=24, conclusion=Conclusion.STARVED)),
    ],
    ids=["before it was told", "of an end", "not proven"],
)
def test_only_an_echo_that_is_missing_after_the_stop_is_held_against_it(
    before_or_other: tuple[Event, ...],
) -> None:
    assert judged(half_life(1), *before_or_other, *GONE).outcome is Outcome.PASS


def crowd(count: int) -> list[LeftProcess]:
    return [left(pid) for pid in range(LISTENER, LISTENER + count)]


@pytest.mark.parametrize(
    ("count", "words"),
    [(MOST_NAMED, ""), (MOST_NAMED + 1, " and 1 more")],
)
def test_four_processes_are_named_and_the_others_counted(count: int, words: str) -> None:
    assert MOST_NAMED == 4
    pids = tuple(range(LISTENER, LISTENER + count))
    order = told(also=pids[1:])
    reason = judged(order, look(*crowd(count), listening=pids)).reason
    named = ", ".join(map(str, pids[:4]))
    assert reason.startswith(f"after SIGTERM to {named}{words} it still listens: ")
    assert reason.count("server in accept") == 4
    assert reason.endswith(f"(server in accept){words}")


@pytest.mark.parametrize(("blocks", "pending"), [(True, False), (False, True), (False, False)])
def test_a_signal_that_is_not_both_blocked_and_pending_explains_nothing(
    *, blocks: bool, pending: bool
) -> None:
    process = replace(left(LISTENER), blocks=blocks, pending=pending)
    reason = judged(told(), look(process, listening=(LISTENER,))).reason
    assert reason.endswith("4711 (server in accept)")


def test_only_processes_that_served_a_client_are_said_to_have_waited_for_one() -> None:
    served = look(left(WORKER, 1), left(WORKER + 1), ending=ENDED)
    verdict = judged(half_life(1), told(by=WORKER), served, eof(1), look(clients=False))
    assert verdict.reason == "it has ended, 1 of its processes once their clients had left"


def test_a_workload_that_ends_the_server_is_judged_by_it_alone() -> None:
    assert INVARIANT.judges_the_end


@pytest.mark.parametrize("signal", BOTH)
def test_a_server_that_catches_both_orders_has_decided_what_its_clients_get(signal: str) -> None:
    parts = (WRITTEN, told(signal, written=100), received(1, 60), reset_by_peer(1, 40), *GONE)
    assert judged(*parts).outcome is Outcome.FAIL
