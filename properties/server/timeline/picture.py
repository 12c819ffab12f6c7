"""A history as a ladder diagram: one column per client, listener and worker, time downward.

A pure function from a history to a picture. A long history is folded: rows that matter stay, and
the first and the last rows of the stretches between them.
"""

from collections.abc import Iterator, Sequence

from properties.model.events import Event
from properties.model.ladder import MOST_COLUMNS, Picture, folded
from properties.server.timeline.participants import Participants, assemble
from properties.server.timeline.rows import rows_of
from properties.server.timeline.wording import crowd


def picture(
    events: Sequence[Event],
    violation: str,
    most_columns: int = MOST_COLUMNS,
    *,
    segments: bool = False,
) -> Picture | None:
    """Return the diagram of a history in which `violation`, in words, was found.

    None for an empty history. Who has no room in `most_columns` is left out. `segments`: with all
    that the wire has carried.
    """
    if not events:
        return None
    participants = assemble(events, violation, most_columns)
    is_guessed = any(client in participants.guessed for client in participants.clients)
    return Picture(
        columns=participants.columns,
        rows=tuple(folded(rows_of(events, participants, segments=segments))),
        marks="?: inferred from the order of the forks" if is_guessed else "",
        remarks=tuple(_left_out(participants)),
    )


def _left_out(participants: Participants) -> Iterator[str]:
    """Return a remark about clients that are not shown, if there are any."""
    if participants.left_out:
        count = len(participants.left_out)
        many = f"{count} more client{'s' if count > 1 else ''}"
        yield f"{many} left out: {crowd(participants.left_out)}"
