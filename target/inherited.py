"""What a target inherits from the process that starts it: descriptors, signals, limits, names."""

import enum
from dataclasses import asdict, dataclass
from typing import Any


class OutputPipe(enum.Enum):
    """What standard output is, where it is not a pipe that is read."""

    NONE = ""
    FULL = "full"
    """A pipe that is full, and that nobody reads."""
    GONE = "gone"
    """A pipe whose reader has gone."""


@dataclass(frozen=True)
class Inherited:
    """What differs from the usual: descriptors 0 to 2 are open, and no signal ignored or blocked.

    `closed` are descriptors of 0 to 2; `descriptors` so many more are open. `ignored` and `blocked`
    are numbers of signals. `limits` are pairs of a number for setrlimit(2) and the limit, which are
    never raised; `open_limit` is what the limit of descriptors is raised to, where it may be.
    `hosts` are pairs of an address and a name, with which its /etc/hosts begins. `alone_with_port`:
    it has a network of its own, where nothing listens, and there is one ephemeral port, the one
    before this; the keeper can make it this one.
    """

    closed: tuple[int, ...] = ()
    output: OutputPipe = OutputPipe.NONE
    descriptors: int = 0
    ignored: tuple[int, ...] = ()
    blocked: tuple[int, ...] = ()
    limits: tuple[tuple[int, int], ...] = ()
    open_limit: int = 0
    hosts: tuple[tuple[str, str], ...] = ()
    alone_with_port: int = 0

    def as_data(self) -> dict[str, Any]:
        """Return it for the keeper, as JSON has it."""
        return {**asdict(self), "output": self.output.value}


NOTHING_UNUSUAL = Inherited()
