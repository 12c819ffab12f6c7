"""What faults between two hosts have in common: they need a wire, and say why there is none."""

from abc import abstractmethod
from typing import ClassVar, Protocol, TypeVar

from faults.fault import Fault, FaultOutcome
from faults.wire.link import Link
from faults.wire.wire import Wire


class Linked(Protocol):
    """A context of either role."""

    @property
    def link(self) -> Link:
        """What is between the two hosts."""


C = TypeVar("C", bound=Linked)


class WireFault(Fault[C]):
    """A fault that happens between two hosts."""

    over_wire: ClassVar[bool] = True

    def apply(self, context: C) -> FaultOutcome:
        """Make it happen, where there is a wire."""
        wire = context.link.wire
        if wire is None:
            return FaultOutcome.impossible(context.link.why_no_wire)
        return self.on_wire(context, wire)

    @abstractmethod
    def on_wire(self, context: C, wire: Wire) -> FaultOutcome:
        """Make it happen with rules of this wire, and return whether it did."""
