"""Moments and states that a plain exchange does not meet, and which programs are about each.

A mutant belongs to one by the fault or the invariant that its header names, or by its name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from properties.model.target_spec import RoleName
from tests.mutants.catalogue import Mutant, Variant

LANGUAGES: Final = (".c", ".py")


@dataclass(frozen=True)
class Moment:
    """A moment or a state, and how its programs are known."""

    title: str
    variants: tuple[str, ...]
    """The names of correct programs that look similar."""
    mutants: tuple[str, ...] = ()
    """The names of mutants, where their headers do not tell."""
    fault: str = ""
    """All mutants that are looked for in this family belong to it."""
    invariant: str = ""
    """All mutants whose mistake this invariant names belong to it."""
    role: RoleName = RoleName.SERVER

    def has(self, mutant: Mutant) -> bool:
        """Tell whether a mutant belongs to it."""
        named = mutant.fault == self.fault or mutant.invariant == self.invariant
        return mutant.role is self.role and (named or mutant.name in self.mutants)

    def mutants_in(self, suffix: str, mutants: Iterable[Mutant]) -> list[Mutant]:
        """Return those of these mutants that belong to it, in one language."""
        return [one for one in mutants if self.has(one) and one.path.suffix == suffix]

    def variants_among(self, variants: Iterable[Variant]) -> list[Variant]:
        """Return those of these variants that belong to it."""
        return [one for one in variants if one.name in self.variants]


MOMENTS: Final = (
    Moment(
        "a process of a pool is killed",
        (
            *("prefork", "prefork_flock", "prefork_refills_late"),
            *("pool_refills_patiently", "pool_refills_slowly"),
        ),
        mutants=(
            "spin_prefork_master",
            "spin_refills_dead",
            "spin_refills_dead_pipe",
            "spin_sentinel_stays",
            "turns_away_dead_lock",
            "turns_away_lost_semaphore",
        ),
    ),
    Moment("it is told to stop", ("stops_gracefully",), fault="stops"),
    Moment(
        "it is killed and started again",
        ("pool_refills_slowly", "prefork"),
        invariant="clean_restart",
    ),
    Moment("what it is started with", ("opens_null",), fault="inherited"),
    Moment("many clients at once", ("select_loop",), fault="many_clients"),
    Moment(
        "a client does not read what is owed to it",
        ("rdhup_once", "selectors_loop", "sends_with_timeout"),
        mutants=(
            *("spin_eof_owed", "spin_full_buffer", "spin_rdhup", "spin_write_again"),
            *("spin_write_timed_out", "stray_write_timed_out"),
        ),
    ),
    Moment(
        "between two calls of the listener",
        ("logs_with_signals_held", "python_wakeup_fd", "reap_by_pselect"),
        fault="held_listener",
    ),
    Moment(
        "a client sends without end",
        ("asyncio_sockets", "drains_with_budget"),
        fault="flooding_client",
    ),
    Moment(
        "which call goes on first",
        (
            "orderly_double_close",
            "orderly_entry_after_end",
            "orderly_log_lock",
            "orderly_pause_flag",
            "orderly_pid_file",
            "orderly_places_counter",
            "orderly_pool_accept",
            "orderly_select_flag",
            "orderly_two_waits",
        ),
        fault="schedules",
    ),
    Moment("urgent data", ("urgent_inline", "urgent_taken"), fault="urgent_data"),
    Moment(
        "standard output fails",
        ("client-stdio_output",),
        fault="output_fails",
        role=RoleName.CLIENT,
    ),
    Moment(
        "what it leaves behind",
        ("client-restores_descriptors", "client-restores_in_finally"),
        invariant="leaves_as_found",
        role=RoleName.CLIENT,
    ),
    Moment(
        "FIN and RST come while it has bytes to write",
        ("client-sends_nosignal",),
        mutants=(
            "client-dies_of_sigpipe",
            "client-dies_of_sigpipe_default",
            "client-dies_of_sigpipe_freeze",
            "client-dies_of_sigpipe_unsent",
        ),
        role=RoleName.CLIENT,
    ),
)
"""In the order of the pages."""
