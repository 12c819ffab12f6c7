"""backpressure: a client that never reads is held up, and not buffered for without bound.

Observed once a run, on a server of its own, as the bytes that it takes of a client that sends 64
MiB and reads nothing. What the kernel's buffers hold does not count (5 to 16 MiB of it with the
usual settings); a server that takes half of the 64 MiB into its own memory has no bound. To end
such a connection, or to keep its bytes elsewhere, is not held against a server.
"""

from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.verdict import FollowUp, Invariant, Verdict
from properties.server.follow_ups.events import Flooded

REQUIREMENT = "a client that never reads SHOULD be held up, and not buffered for without bound"


def judge(history: History) -> Verdict:
    """Judge what was taken from the client that never read, if there was one."""
    flooded = next(history.of(Flooded), None)
    return Verdict.not_tried() if flooded is None else _judge(flooded)


def _judge(flooded: Flooded) -> Verdict:
    took = f"it took {_mib(flooded.sent)} of a client that never read"
    if flooded.conclusion is Conclusion.STARVED:
        return Verdict.inconclusive(f"{took}; {flooded.evidence}")
    if flooded.sent < flooded.offered:
        return Verdict.passed(f"{took}, and no more")
    if flooded.queued is None:
        return Verdict.inconclusive(f"{took}, but where it keeps them cannot be seen")
    kept = flooded.sent - flooded.queued
    if kept < flooded.offered // 2:
        return Verdict.inconclusive(f"{took}: the kernel's buffers hold {_mib(flooded.queued)}")
    if flooded.grown is None:
        if kept <= flooded.elsewhere:
            return Verdict.inconclusive(
                f"{took}; buffers of connections behind it could hold {_mib(flooded.elsewhere)}"
            )
        return Verdict.failed(f"{took}, and keeps {_mib(kept)} of it")
    if flooded.grown < kept // 2:
        return Verdict.inconclusive(
            f"{took} and does not keep them in memory, which grew by {_mib(flooded.grown)}"
        )
    return Verdict.failed(
        f"{took}: the kernel's buffers hold {_mib(flooded.queued)} of them, and its memory grew by "
        f"{_mib(flooded.grown)}"
    )


def _mib(count: int) -> str:
    return f"{count / (1 << 20):.1f} MiB"


INVARIANT = Invariant(
    "backpressure",
    "RFC 9293",
    REQUIREMENT,
    judge,
    follow_up=FollowUp.FLOOD,
)
