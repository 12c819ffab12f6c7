"""The link between the target's host and its peers', as a fault of either role sees it."""

from typing import Protocol

from faults.wire.wire import Wire


class Link(Protocol):
    """What is between the target's host and its peers'."""

    @property
    def wire(self) -> Wire | None:
        """What carries the segments; None where the peers are on the target's own host."""

    @property
    def why_no_wire(self) -> str:
        """Why there is none, in words."""
