"""bounded_memory: a leak grows in each round, in proportion, in use and allotted alike."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from properties.model.events import Conclusion, Event
from properties.model.verdict import NOT_TRIED, Outcome, judge
from properties.server.follow_ups.events import MemoryRead
from properties.server.follow_ups.memory_growth import ENOUGH, PROBE, PROBES, ROUNDS, WARM_UP
from properties.server.invariants.bounded_memory import INVARIANT
from tests.properties.server.histories import after_all, history, memory_read

KIB = 1 << 10
ROUND = 4000


def series(
    *growth: int, writable: int | None = None, probed: int = 2 * KIB, size: int = ROUND
) -> list[MemoryRead]:
    """Readings after the probes, and after rounds that take so many bytes a connection each.

    `writable`: what is allotted for a connection instead of as much as is in use.
    """
    connections, resident, allotted = WARM_UP, 10 << 20, 12 << 20
    readings = [memory_read(connections, resident, allotted)]
    for each, count in [(probed, PROBE)] * PROBES + [(each, size) for each in growth]:
        connections += count
        resident += each * count
        allotted += (each if writable is None else writable) * count
        readings.append(memory_read(connections, resident, allotted))
    return readings


def outcome(*events: Event | Sequence[Event]) -> Outcome:
    return judge(INVARIANT, history(after_all(), *map(_listed, events))).outcome


def _listed(part: Event | Sequence[Event]) -> list[Event]:
    return [part] if isinstance(part, Event) else list(part)


def test_growth_with_every_connection_is_a_leak() -> None:
    verdict = judge(INVARIANT, history(after_all(), _listed(series(*[2 * KIB] * ROUNDS))))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.startswith("each connection left about 2048 bytes: 24000 connections ")


def test_a_server_that_has_what_it_needs_does_not_grow() -> None:
    verdict = judge(INVARIANT, history(after_all(), _listed(series(probed=100))))
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == "256 connections took 25 KiB"


def test_a_pool_that_is_full_at_last_is_no_leak() -> None:
    assert outcome(series(2 * KIB, 2 * KIB, 100)) is Outcome.PASS


def test_memory_that_a_collector_gives_back_is_no_leak() -> None:
    assert outcome(series(2 * KIB, 2 * KIB, 2 * KIB, -5 * KIB)) is Outcome.PASS


def test_growth_that_is_not_in_proportion_is_no_leak() -> None:
    rounds = [2560] * (ROUNDS - 1)
    assert outcome(series(*rounds, 2 * KIB - 1)) is Outcome.PASS
    assert outcome(series(*rounds, 2 * KIB)) is Outcome.FAIL


def test_a_heap_that_was_allotted_before_may_fill() -> None:
    rounds = [2 * KIB] * ROUNDS
    assert outcome(series(*rounds, writable=KIB - 1)) is Outcome.PASS
    assert outcome(series(*rounds, writable=KIB)) is Outcome.FAIL


def test_a_heap_that_is_allotted_all_at_once_may_fill() -> None:
    readings = series(*[2 * KIB] * ROUNDS, writable=0)
    at = PROBES + 1
    grown = [replace(one, writable=one.writable + (1 << 30)) for one in readings[at:]]
    assert outcome([*readings[:at], *grown]) is Outcome.PASS


def test_growth_that_a_collector_may_still_end_is_in_doubt() -> None:
    assert outcome(series(*[2 * KIB] * (ROUNDS - 1))) is Outcome.INCONCLUSIVE
    assert outcome(series(*[2 * KIB] * ROUNDS, size=ROUND // 2)) is Outcome.INCONCLUSIVE


def test_memory_that_may_belong_to_threads_or_descriptors_is_in_doubt() -> None:
    *readings, last = series(*[2 * KIB] * ROUNDS)
    for more in (replace(last, threads=9), replace(last, descriptors=9)):
        assert outcome([*readings, more]) is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("conclusion", [Conclusion.STARVED, Conclusion.BUSY])
def test_a_server_that_never_came_to_rest_is_not_judged(conclusion: Conclusion) -> None:
    *readings, last = series(*[2 * KIB] * ROUNDS)
    at_work = memory_read(last.connections, last.resident, last.writable, conclusion=conclusion)
    assert outcome([*readings, at_work]) is Outcome.INCONCLUSIVE


def test_too_few_connections_prove_nothing() -> None:
    verdict = judge(INVARIANT, history(after_all(), memory_read(17, 1 << 20, 1 << 20)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason == "only 17 connections were made: too few to tell"


def test_without_rounds_it_has_no_meaning() -> None:
    verdict = judge(INVARIANT, history(after_all()))
    assert (verdict.outcome, verdict.reason) == (Outcome.NOT_APPLICABLE, NOT_TRIED)


def test_by_address_it_has_no_meaning() -> None:
    by_address = history(_listed(series(*[2 * KIB] * ROUNDS)), by_address=True)
    assert judge(INVARIANT, by_address).outcome is Outcome.NOT_APPLICABLE


def test_the_reason_lists_what_each_round_took() -> None:
    verdict = judge(INVARIANT, history(_listed(series(*[2 * KIB] * ROUNDS))))
    assert verdict.reason.endswith(f"in 6 rounds {', '.join(['8000 KiB'] * ROUNDS)}")


@pytest.mark.parametrize("place", range(PROBES))
def test_a_round_without_a_connection_proves_nothing(place: int) -> None:
    readings = series(probed=100)
    readings[place + 1] = replace(readings[place], resident=readings[place].resident + 512)
    verdict = judge(INVARIANT, history(_listed(readings)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith("connections were made: too few to tell")


def test_one_connection_in_each_round_is_enough_to_see_that_nothing_grows() -> None:
    made = [memory_read(count, 1 << 20, 1 << 20) for count in range(1, PROBES + 2)]
    assert outcome(made) is Outcome.PASS


def test_threads_that_came_after_the_first_reading_may_be_what_has_grown() -> None:
    first, *later = series(*[2 * KIB] * ROUNDS)
    assert outcome([first, *(replace(one, threads=9) for one in later)]) is Outcome.INCONCLUSIVE


def test_growth_of_just_enough_is_a_leak() -> None:
    each = ENOUGH // ROUNDS // ROUND + 1
    readings = series(*[each] * ROUNDS)
    surplus = readings[-1].resident - readings[PROBES].resident - ENOUGH
    *rest, last = readings
    assert outcome([*rest, replace(last, resident=last.resident - surplus)]) is Outcome.FAIL
    less = replace(last, resident=last.resident - surplus - 1)
    assert outcome([*rest, less]) is Outcome.INCONCLUSIVE
