"""The shape of most swept workloads: clients that were served once, and a fault among them."""

from faults.fault import Fault
from faults.server_context import ServerContext
from properties.model.steps import Inject, Workload
from properties.server.steps import asking


def served(*clients: int) -> Workload:
    """Return the steps that connect clients, each of which gets one echo."""
    return tuple(step for client in clients for step in asking(client))


def around(fault: Fault[ServerContext], *clients: int) -> Workload:
    """Return the steps that serve clients once and then inject a fault."""
    return (*served(*clients), Inject(fault))
