"""no_zombies: when a zombie will stay, when it is too early to tell, and when it went too late."""

import pytest

from properties.model.events import Conclusion
from properties.model.verdict import NO_PROCESSES, Outcome, judge
from properties.server.events import WHILE_CONNECTED
from properties.server.invariants.no_zombies import INVARIANT
from tests.properties.server.histories import after_all, before_all, census, connection, history


def test_it_holds_when_no_zombie_is_left() -> None:
    made = history(before_all(), connection(1), after_all())
    assert judge(INVARIANT, made).outcome is Outcome.PASS


@pytest.mark.parametrize("final", [Conclusion.SETTLED, Conclusion.ASLEEP])
def test_a_zombie_that_will_stay_fails(final: Conclusion) -> None:
    left = [
        census("after", zombies=[81], conclusion=final),
        census("end", zombies=[81, 82], conclusion=final),
    ]
    verdict = judge(INVARIANT, history(left))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "1 zombie (81); 4711 sleeps in accept"


@pytest.mark.parametrize("open_end", [Conclusion.STARVED, Conclusion.BUSY])
def test_a_zombie_in_a_server_that_never_came_to_rest_is_not_judged(open_end: Conclusion) -> None:
    made = history(census("after", zombies=[81], conclusion=open_end), census("end"))
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.startswith("1 zombie (81), but ")


def test_a_zombie_that_goes_only_when_the_next_client_connects_fails() -> None:
    verdict = judge(INVARIANT, history(census("after", zombies=[81, 82]), census("end")))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "2 zombies (81, 82): reaped only when the next client connects"


def test_each_client_leaving_a_zombie_fails_and_both_are_named() -> None:
    verdict = judge(INVARIANT, history(census("after", zombies=[81]), census("end", zombies=[90])))
    assert verdict.outcome is Outcome.FAIL
    assert "(81)" in verdict.reason
    assert "(90)" in verdict.reason


def test_a_zombie_of_the_last_exchange_alone_fails() -> None:
    made = history(census("after"), census("end", zombies=[90]))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_many_zombies_are_counted_and_a_few_are_named() -> None:
    left = census("after", zombies=range(81, 91)), census("end", zombies=range(81, 92))
    verdict = judge(INVARIANT, history(*left))
    assert verdict.reason.startswith("10 zombies (81, 82, 83, 84, 85, 86, ...)")


@pytest.mark.parametrize("label", ["after", "end"])
def test_a_census_that_was_never_taken_is_no_pass(label: str) -> None:
    assert judge(INVARIANT, history(census(label))).outcome is Outcome.INCONCLUSIVE


def test_by_address_it_has_no_meaning() -> None:
    verdict = judge(INVARIANT, history(connection(1), by_address=True))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert verdict.reason == NO_PROCESSES


def test_a_zombie_that_stays_while_clients_are_connected_fails() -> None:
    seen = census(WHILE_CONNECTED, zombies=[81], conclusion=Conclusion.SETTLED)
    verdict = judge(INVARIANT, history(seen, census("after"), census("end")))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.startswith("1 zombie (81) while clients are connected; ")


def test_one_in_a_server_that_did_not_come_to_rest_is_not_judged() -> None:
    seen = census(WHILE_CONNECTED, zombies=[81], conclusion=Conclusion.STARVED)
    verdict = judge(INVARIANT, history(seen, census("after"), census("end")))
    assert verdict.outcome is Outcome.INCONCLUSIVE


def test_no_zombie_while_clients_are_connected_is_well() -> None:
    seen = census(WHILE_CONNECTED, conclusion=Conclusion.SETTLED)
    assert judge(INVARIANT, history(seen, after_all())).outcome is Outcome.PASS


def test_a_server_that_sleeps_with_timers_that_came_to_nothing_is_judged() -> None:
    left = [census("after", zombies=[81], conclusion=Conclusion.IDLE), census("end", zombies=[81])]
    assert judge(INVARIANT, history(left)).outcome is Outcome.FAIL


def test_a_zombie_at_the_end_of_a_server_that_computes_is_not_judged() -> None:
    made = history(census("after"), census("end", zombies=[81], conclusion=Conclusion.BUSY))
    assert judge(INVARIANT, made).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("label", ["after", "end"])
def test_a_server_that_computes_and_has_no_zombie_is_well(label: str) -> None:
    other = "end" if label == "after" else "after"
    made = history(census(label, conclusion=Conclusion.BUSY), census(other))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_six_zombies_are_all_named() -> None:
    made = history(census("after"), census("end", zombies=range(81, 87)))
    assert judge(INVARIANT, made).reason.startswith("6 zombies (81, 82, 83, 84, 85, 86); ")


def test_of_seven_zombies_six_are_named() -> None:
    made = history(census("after"), census("end", zombies=range(81, 88)))
    assert judge(INVARIANT, made).reason.startswith("7 zombies (81, 82, 83, 84, 85, 86, ...); ")


@pytest.mark.parametrize(
    ("doubtful", "certain"), [("after", "end"), ("end", "after"), (WHILE_CONNECTED, "after")]
)
@pytest.mark.parametrize("open_end", [Conclusion.STARVED, Conclusion.BUSY])
def test_a_zombie_that_will_stay_fails_though_it_was_too_early_to_tell_at_another_moment(
    doubtful: str, certain: str, open_end: Conclusion
) -> None:
    taken = {
        WHILE_CONNECTED: census(WHILE_CONNECTED),
        "after": census("after"),
        "end": census("end"),
    }
    taken[doubtful] = census(doubtful, zombies=[81], conclusion=open_end)
    taken[certain] = census(certain, zombies=[81])
    verdict = judge(INVARIANT, history(*taken.values()))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.startswith("1 zombie (81)")


def test_a_zombie_that_will_stay_fails_though_the_workload_broke_off_then() -> None:
    verdict = judge(INVARIANT, history(census("after", zombies=[81])))
    assert verdict.outcome is Outcome.FAIL


def test_of_two_censuses_with_clients_the_one_that_is_certain_counts() -> None:
    seen = [
        census(WHILE_CONNECTED, zombies=[81], conclusion=Conclusion.BUSY),
        census(WHILE_CONNECTED, zombies=[81]),
    ]
    verdict = judge(INVARIANT, history(seen, census("after"), census("end")))
    assert verdict.outcome is Outcome.FAIL
    assert "while clients are connected" in verdict.reason


def test_a_zombie_that_is_seen_at_another_moment_may_still_be_reaped() -> None:
    made = history(census("before", zombies=[81]), before_all(), connection(1), after_all())
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_zombie_after_the_workload_alone_stays_in_a_server_that_sleeps_with_timers() -> None:
    idle = census("after", zombies=[81], conclusion=Conclusion.IDLE)
    assert judge(INVARIANT, history(idle, census("end"))).outcome is Outcome.FAIL
