"""The tester on known-bad targets and on unusual correct ones: the proof that it can be trusted.

Every mutant must be caught by the invariant that names its mistake, and no variant may be accused.
A few dozen workloads of one family are enough for each; the seed is fixed, so a miss can be seen
again. The table of detection (`python -m tests.detection.table`) is made with more of them.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from properties.roles import ROLES
from target.chamber import Network
from tests.chambers import needs_a_chamber, with_a_wire
from tests.detection.rows import Acquittal
from tests.detection.search import accusations, detect
from tests.exhaustive import parameters
from tests.longest_first import HINT, kept_hints
from tests.mutants.catalogue import (
    CLIENT_MUTANTS,
    CLIENT_VARIANTS,
    MUTANTS,
    VARIANTS,
    Mutant,
    Variant,
    build,
)

EXAMPLES_OF_EACH_FAMILY = 1
"""Workloads of each family that a variant has to stand here."""

RESTARTED = frozenset({"control", "killed_children", "mixed"})
"""The families after whose workloads a variant is started again here: those that leave most."""

BY_CHANCE = frozenset({"rare_heap_address", "rare_lost_client"})
"""A test of them could fail too. A client is lost in about one workload of fifty, and by chance in
one that shows it to another invariant first (the exchange after a fault, a client beside one).
Where the heap begins is decided once a process, and one that never fails is used again."""

SEEN_FROM_OUTSIDE = tuple(
    mutant for mutant in (*MUTANTS, *CLIENT_MUTANTS) if mutant.name not in BY_CHANCE
)

CORRECT = (*VARIANTS, *CLIENT_VARIANTS)

SLOW = {
    "asyncio_sockets",
    "bytes_written_at_eof",
    "client-bytes_printed_at_eof",
    "client-connect_refused_retries",
    "client-connect_unreachable_as_eof",
    "client-connect_unreachable_retries",
    "client-connect_unreachable_silent",
    "client-eintr_select_sets",
    "client-eintr_write_fatal",
    "client-input_end_unsent",
    "client-spin_nonblocking",
    "client-spin_unsent",
    "client-spin_write",
    "client-spin_zero_timeout",
    "crosstalk_argument",
    "crosstalk_shared_protocol",
    "cycles_collected",
    "eof_spin",
    "eof_spin_stale_errno",
    "fd_leak_timed_out",
    "fd_one_in_eight",
    "idle_timeout_inherited",
    "idle_timeout_loop",
    "idle_timeout_poll",
    "idle_timeout_two_seconds",
    "limit_python_select",
    "memory_per_connection",
    "memory_session_table",
    "memory_small_log",
    "memory_small_record",
    "memory_unjoined_threads",
    "naps_after_sigchld",
    "order_log_lock",
    "order_pause_flag",
    "orderly_double_close",
    "orderly_entry_after_end",
    "orderly_log_lock",
    "orderly_pause_flag",
    "orderly_pid_file",
    "orderly_pool_accept",
    "orderly_two_waits",
    "poll_table",
    "pool_refills_slowly",
    "prefork_refills_late",
    "rare_user_timeout",
    "reap_by_itimer",
    "reap_by_rcvtimeo",
    "reap_by_timerfd",
    "reap_until_none",
    "short_write_timeout",
    "spin_accept",
    "spin_eof_loop",
    "spin_eof_owed",
    "spin_full_buffer",
    "spin_prefork_master",
    "spin_rdhup",
    "spin_read",
    "spin_refills_dead",
    "spin_refills_dead_pipe",
    "spin_select_zero",
    "spin_sentinel_stays",
    "spin_urgent_logged",
    "spin_write_again",
    "spin_write_timed_out",
    "start_waits_for_none",
    "starves_drain",
    "starves_last_served",
    "stray_thread",
    "stray_write_timed_out",
    "thread_pool_lazy",
}
"""They take up to half a minute each. Others show nearly the same, or a test of the fault starts
them; the detection table has them."""


UNLIKE_OVER_A_WIRE = {
    "client-connect_eintr_fatal",
    "client-connect_first_address",
    "client-connect_itself",
    "dies_of_sigpipe",
    "starves_last_served",
}
"""Found by faults that two hosts make otherwise than one: tried over a wire each time."""


SHARES = 10
"""A variant is tried with one family of so many here, and the next variant with the next ones."""


def share_of(variant: Variant) -> frozenset[str]:
    """Return the families that a variant has to stand here: some, and those that leave most.

    Each family meets a tenth of the variants. `pytest --exhaustive` tries all with all, and so
    does the detection table.
    """
    names = [family.name for family in ROLES[variant.role].families]
    return RESTARTED | frozenset(names[CORRECT.index(variant) % SHARES :: SHARES])


def test_each_family_is_tried_with_correct_targets_of_every_role() -> None:
    for role in ROLES:
        shares = [share_of(one) for one in CORRECT if one.role is role]
        assert frozenset().union(*shares) >= {one.name for one in ROLES[role].families}


def each(programs: Sequence[Mutant | Variant]) -> list[ParameterSet]:
    """Return the programs as a test's parameters."""
    return parameters(programs, lambda one: one.name, lambda one: one.name in SLOW)


def looked_for(
    mutant: Mutant, words: tuple[str, ...], network: Network = Network.HOST
) -> tuple[bool, int, frozenset[str], int | None]:
    """Return whether a mutant's mistake was found, after how many workloads, what else, and where.

    The part that it was found in last time is tried first.
    """
    found = detect(mutant, words, network=network, first=kept_hints().get(mutant.name))
    return found.failure is not None, found.workloads, found.others, found.part


@pytest.mark.slow
@pytest.mark.parametrize("mutant", each(SEEN_FROM_OUTSIDE))
def test_a_mutant_is_caught_by_the_invariant_that_names_its_mistake(
    mutant: Mutant, record_property: Callable[[str, object], None]
) -> None:
    words = build(mutant)
    is_found, workloads, others, part = with_a_wire(lambda: looked_for(mutant, words))
    assert is_found, (workloads, others)
    record_property(HINT, part)


@needs_a_chamber
@pytest.mark.parametrize(
    "mutant",
    parameters(
        SEEN_FROM_OUTSIDE, lambda one: one.name, lambda one: one.name not in UNLIKE_OVER_A_WIRE
    ),
)
def test_a_mutant_is_caught_over_a_wire_too(mutant: Mutant, tmp_path: Path) -> None:
    words = build(mutant)
    is_found, workloads, others, _ = with_a_wire(lambda: looked_for(mutant, words, Network.WIRE))
    assert is_found, (workloads, others)


@pytest.mark.slow
@pytest.mark.parametrize("variant", each(CORRECT))
def test_a_correct_target_is_not_accused(variant: Variant, request: pytest.FixtureRequest) -> None:
    words = build(variant)
    tried = None if request.config.getoption("exhaustive") else share_of(variant)
    accused = with_a_wire(
        lambda: accusations(words, EXAMPLES_OF_EACH_FAMILY, variant.role, RESTARTED, tried)
    )
    assert Acquittal(variant.name, 0, tuple(accused)).wrongly == ()
