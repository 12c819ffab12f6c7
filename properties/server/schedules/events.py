"""What is recorded of a schedule."""

from dataclasses import dataclass

from faults.scheduling.trace import Place
from properties.model.events import Event


@dataclass(frozen=True)
class Scheduled(Event):
    """All of this went on one at a time, in this order.

    `actors` took part. `unmet` are the change points that were not met, `released` says why not all
    was scheduled, in words.
    """

    turns: tuple[Place, ...]
    actors: tuple[str, ...]
    unmet: tuple[Place, ...] = ()
    released: str = ""
