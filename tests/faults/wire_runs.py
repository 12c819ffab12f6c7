"""Workloads that are run on a server in a chamber, with its clients on a host of their own."""

from faults.wire import wire
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Workload
from properties.model.target_spec import Target
from properties.server.harness import ServerHarness
from target.command import REFERENCE, Command
from tests.chambers import inside
from tests.properties.server_runs import HOST, PATIENCE

RULES = Rules(patience=PATIENCE)


def over_wire(
    workload: Workload, command: Command = REFERENCE, host: str = HOST, rules: Rules = RULES
) -> History:
    """Return the history of a workload on a server in a chamber."""
    return inside(lambda: tried(workload, command, host, rules), with_rights=wire.stand_by)


def tried(workload: Workload, command: Command, host: str = HOST, rules: Rules = RULES) -> History:
    """Return the history of a workload on a server of its own, in the network that we are in."""
    harness = ServerHarness(Target(host, command), rules)
    try:
        return harness.run_trial(workload).history
    finally:
        harness.close()
