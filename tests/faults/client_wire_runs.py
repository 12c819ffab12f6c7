"""Workloads that are run on a client in a chamber, with its server on a host of its own."""

from faults.client_context import ClientContext
from faults.fault import Fault
from faults.wire import wire
from properties.client.harness import ClientHarness
from properties.model.events import Injected
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject, Step
from properties.model.target_spec import RoleName, Target
from target.command import REFERENCE_CLIENT, Command
from tests.chambers import inside
from tests.mutants.catalogue import CLIENT_MUTANTS, build
from tests.properties.server_runs import HOST, PATIENCE

Tried = tuple[History, list[str]]
"""What was seen, and the invariants that were violated."""


def over_wire(
    *steps: Step | Fault[ClientContext], command: Command = REFERENCE_CLIENT, host: str = HOST
) -> Tried:
    """Return what was seen of a client in a chamber, and what it has violated."""
    return inside(lambda: tried(*steps, command=command, host=host), with_rights=wire.stand_by)


def tried(
    *steps: Step | Fault[ClientContext], command: Command = REFERENCE_CLIENT, host: str = HOST
) -> Tried:
    """Return the same in the network that we are in."""
    workload = tuple(Inject(step) if isinstance(step, Fault) else step for step in steps)
    harness = ClientHarness(Target(host, command, role=RoleName.CLIENT), Rules(patience=PATIENCE))
    trial = harness.run_trial(workload)
    return trial.history, sorted(trial.violated)


def client_mutant(name: str) -> Command:
    """Return the command of a known-bad client in `tests/client_mutants`."""
    return Command(build(next(one for one in CLIENT_MUTANTS if one.name == f"client-{name}")))


def outcome(history: History) -> Injected:
    """Return what became of the only fault."""
    (injected,) = history.of(Injected)
    return injected
