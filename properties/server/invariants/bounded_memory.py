"""bounded_memory: once warm, the server keeps no memory of connections that are over.

Observed once a run, on a server of its own, as the memory of the processes that were there from the
start, after rounds of control exchanges. A leak of 1 KiB a connection is seen (`SMALLEST_LEAK`),
one that is smaller is not. Growth is held against the server only where it came in each round, in
proportion to the connections, in memory in use and in memory allocated, and went on after megabytes
of other work. So a leak in a garbage-collected heap that was allocated beforehand is missed.
"""

from collections.abc import Sequence

from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.verdict import FollowUp, Invariant, Verdict
from properties.server.follow_ups.events import MemoryRead
from properties.server.follow_ups.memory_growth import (
    ENOUGH,
    PROBES,
    ROUNDS,
    Round,
    may_be_a_leak,
    rounds,
    total,
)

REQUIREMENT = (
    "once warm, the server SHOULD keep no memory of connections that are over (1 KiB each is seen)"
)


def judge(history: History) -> Verdict:
    """Judge the rounds, if any were made."""
    readings = list(history.of(MemoryRead))
    made = rounds(readings)
    if not readings:
        return Verdict.not_tried()
    if any(r.conclusion in (Conclusion.STARVED, Conclusion.BUSY) for r in readings):
        return Verdict.inconclusive("the server did not come to rest between the rounds")
    if len(made) < PROBES or any(one.connections <= 0 for one in made):
        return Verdict.inconclusive(
            f"only {readings[-1].connections} connections were made: too few to tell"
        )
    probed, grown = total(made[:PROBES]), made[PROBES:]
    if not probed.grew:
        return Verdict.passed(f"{probed.connections} connections took {_kib(probed.resident)}")
    if not may_be_a_leak(grown):
        return Verdict.passed(f"it grew at first, but not with every connection: {_listed(made)}")
    if reason := _doubt(readings, grown):
        return Verdict.inconclusive(reason)
    whole = total(grown)
    return Verdict.failed(
        f"each connection left about {round(whole.each)} bytes: {whole.connections} connections "
        f"took {_kib(whole.resident)}, in {len(grown)} rounds {_listed(grown)}"
    )


def _doubt(readings: Sequence[MemoryRead], grown: Sequence[Round]) -> str | None:
    """Return why growth does not show a leak of memory, in words; None when it does."""
    first, last = readings[0], readings[-1]
    if last.threads > first.threads or last.descriptors > first.descriptors:
        return "memory grew, and so did the threads or descriptors that it may belong to"
    whole = total(grown)
    if len(grown) < ROUNDS or whole.resident < ENOUGH:
        return (
            f"memory grew with {whole.connections} connections, by {_kib(whole.resident)}: too "
            "little to tell a leak from what a collector has not collected yet"
        )
    return None


def _kib(count: int) -> str:
    return f"{count >> 10} KiB"


def _listed(made: Sequence[Round]) -> str:
    return ", ".join(_kib(one.resident) for one in made)


INVARIANT = Invariant(
    "bounded_memory",
    "malloc(3)",
    REQUIREMENT,
    judge,
    needs_processes=True,
    follow_up=FollowUp.ROUNDS,
)
