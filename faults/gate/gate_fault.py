"""What faults at a system call have in common: they need the gate, and leave no rule armed."""

from abc import abstractmethod

from faults.fault import Fault, FaultOutcome
from faults.gate.callers import gate_of
from faults.gate.gate import Gate
from faults.server_context import ServerContext


class GateFault(Fault[ServerContext]):
    """A fault that comes at a system call, or makes one fail."""

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Make it happen, where there is a gate for the calls that it needs."""
        gate = gate_of(context, *self.stopping)
        return gate if isinstance(gate, FaultOutcome) else self.at_gate(context, gate)

    @abstractmethod
    def at_gate(self, context: ServerContext, gate: Gate) -> FaultOutcome:
        """Make it happen with rules of this gate, and return whether it did."""

    def undo(self, context: ServerContext) -> None:
        """Let all calls go on as they should."""
        if context.gate is not None:
            context.gate.disarm()
