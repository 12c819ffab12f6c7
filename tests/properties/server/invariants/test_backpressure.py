"""backpressure: what a server takes of a client that never reads, and where it keeps it."""

from properties.model.events import Conclusion
from properties.model.verdict import NOT_TRIED, Outcome, judge
from properties.server.invariants.backpressure import INVARIANT
from tests.properties.server.histories import MIB, after_all, flooded, history


def test_a_server_that_stops_reading_holds_the_client_up() -> None:
    verdict = judge(INVARIANT, history(after_all(), flooded(8 * MIB, queued=8 * MIB, grown=0)))
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == "it took 8.0 MiB of a client that never read, and no more"


def test_a_server_that_keeps_all_of_it_in_memory_fails() -> None:
    verdict = judge(INVARIANT, history(flooded(64 * MIB, queued=3 * MIB, grown=61 * MIB)))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == (
        "it took 64.0 MiB of a client that never read: the kernel's buffers hold 3.0 MiB of them, "
        "and its memory grew by 61.0 MiB"
    )


def test_a_bound_below_what_is_offered_is_a_bound() -> None:
    kept = flooded(63 * MIB, queued=3 * MIB, grown=60 * MIB)
    assert judge(INVARIANT, history(kept)).outcome is Outcome.PASS


def test_a_kernel_with_large_buffers_is_no_defect() -> None:
    queued = flooded(64 * MIB, queued=40 * MIB, grown=64 * MIB)
    assert judge(INVARIANT, history(queued)).outcome is Outcome.INCONCLUSIVE


def test_bytes_that_are_not_in_memory_prove_nothing() -> None:
    elsewhere = flooded(64 * MIB, queued=0, grown=20 * MIB)
    assert judge(INVARIANT, history(elsewhere)).outcome is Outcome.INCONCLUSIVE


def test_a_machine_that_was_too_slow_proves_nothing() -> None:
    slow = flooded(8 * MIB, queued=8 * MIB, grown=0, conclusion=Conclusion.STARVED)
    assert judge(INVARIANT, history(slow)).outcome is Outcome.INCONCLUSIVE


def test_by_address_the_bytes_that_no_buffer_holds_are_proof() -> None:
    kept = flooded(64 * MIB, queued=4 * MIB, elsewhere=20 * MIB)
    verdict = judge(INVARIANT, history(kept, by_address=True))
    assert verdict.outcome is Outcome.FAIL
    assert (
        verdict.reason == "it took 64.0 MiB of a client that never read, and keeps 60.0 MiB of it"
    )


def test_by_address_they_may_be_in_the_buffers_of_a_proxy() -> None:
    kept = flooded(64 * MIB, queued=4 * MIB, elsewhere=60 * MIB)
    assert judge(INVARIANT, history(kept, by_address=True)).outcome is Outcome.INCONCLUSIVE


def test_on_another_machine_the_buffers_cannot_be_seen() -> None:
    kept = flooded(64 * MIB, queued=None, elsewhere=20 * MIB)
    assert judge(INVARIANT, history(kept, by_address=True)).outcome is Outcome.INCONCLUSIVE


def test_without_such_a_client_it_has_no_meaning() -> None:
    verdict = judge(INVARIANT, history(after_all()))
    assert (verdict.outcome, verdict.reason) == (Outcome.NOT_APPLICABLE, NOT_TRIED)


def test_half_of_what_is_offered_is_too_much() -> None:
    half = flooded(64 * MIB, queued=32 * MIB, grown=32 * MIB)
    assert judge(INVARIANT, history(half)).outcome is Outcome.FAIL


def test_memory_that_grew_by_half_of_what_is_kept_is_where_it_is_kept() -> None:
    kept = 60 * MIB
    for grown, outcome in ((kept // 2, Outcome.FAIL), (kept // 2 - 1, Outcome.INCONCLUSIVE)):
        half = flooded(64 * MIB, queued=4 * MIB, grown=grown)
        assert judge(INVARIANT, history(half)).outcome is outcome
