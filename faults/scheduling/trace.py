"""What a schedule consists of, as data: places, and what went on in which order."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """A call of an actor: its nth of this kind since the schedule began."""

    actor: str
    call: str
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.call} number {self.nth} of {self.actor}"


@dataclass(frozen=True)
class Turn:
    """What went on: a place, and the process that made the call, 0 for a deed of ours."""

    place: Place
    pid: int


@dataclass(frozen=True)
class Trace:
    """What went on, in this order. `released`: why not all of it was scheduled, in words.

    `actors` took part, and `unmet` are the change points that were not met.
    """

    turns: tuple[Turn, ...]
    actors: tuple[str, ...]
    unmet: tuple[Place, ...] = ()
    released: str = ""
