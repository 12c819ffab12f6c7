"""What faults at a system call have in common: they ask for the gate, and leave no rule behind."""

from abc import abstractmethod

from faults.fault import Fault, Outcome, Scene
from faults.gate.callers import gate_of
from faults.gate.gate import Gate


class GateFault(Fault):
    """A fault that comes at a system call, or makes one fail."""

    def apply(self, scene: Scene) -> Outcome:
        """Make it happen, where there is a gate for the calls that it needs."""
        gate = gate_of(scene, *self.stopping)
        return gate if isinstance(gate, Outcome) else self.at_gate(scene, gate)

    @abstractmethod
    def at_gate(self, scene: Scene, gate: Gate) -> Outcome:
        """Make it happen with rules of this gate, and say whether it did."""

    def undo(self, scene: Scene) -> None:
        """Let all calls go on as they should."""
        if scene.gate is not None:
            scene.gate.disarm()
