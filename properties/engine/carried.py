"""The segments that a wire has carried, put into a history where they belong."""

from collections.abc import Iterable, Sequence

from faults.wire.segments import Fate, Segment
from properties.model.events import Carried, Doubted
from properties.model.history import History

KEPT = 500
"""Segments of one workload in its history, the first ones: a case is to be read.

Of later ones those are kept to which something was done, so many again at the most."""


NOT_CARRIED = (
    "one of our own connections has timed out: the wire did not carry its segments, and what was "
    "seen proves nothing"
)
"""A kernel acknowledges whatever its programs do."""


def doubt_if_lost(history: History, reasons: Iterable[str]) -> None:
    """Doubt all that was seen where one of our connections has ended for this reason."""
    if "ETIMEDOUT" in reasons:
        history.add(Doubted(history.now(), NOT_CARRIED))


def add_segments(history: History, segments: Iterable[Segment]) -> None:
    """Add segments that were seen since the history began, each at its time."""
    since = [one for one in segments if one.at >= history.began]
    history.events += [
        Carried(
            one.at - history.began,
            one.direction,
            one.port,
            one.names,
            one.seq,
            one.ack,
            one.window,
            one.length,
            one.fate,
            one.again,
            one.target_port,
        )
        for one in _kept(since)
    ]
    history.events.sort(key=lambda event: event.at)


def _kept(segments: Sequence[Segment]) -> list[Segment]:
    touched = [one for one in segments[KEPT:] if one.fate is not Fate.PASSED]
    return [*segments[:KEPT], *touched[:KEPT]]
