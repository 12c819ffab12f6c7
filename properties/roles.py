"""The two roles by name: the only module that imports both the server half and the client half."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from faults.fault import Fault
from properties.client.generation.workloads import workloads as client_workloads
from properties.client.harness import ClientHarness, probe_client
from properties.client.role import CLIENT
from properties.model.harness import Harness
from properties.model.role import Family, Role
from properties.model.settings import Rules
from properties.model.target_spec import RoleName, Target
from properties.model.verdict import Invariant
from properties.server.generation.strategies import workloads as server_workloads
from properties.server.harness import ServerHarness
from properties.server.probing import probe_server
from properties.server.rehearsal.points import points_of, swept
from properties.server.role import SERVER
from properties.server.schedules.choices import with_schedules
from properties.server.schedules.rehearsal import rehearsed

__all__ = [
    "ROLES",
    "family",
    "harness_for",
    "points_of",
    "rehearsed",
    "probe_target",
    "swept",
    "with_families",
    "with_schedules",
]

ROLES: dict[RoleName, Role] = {role.name: role for role in (SERVER, CLIENT)}
"""Each role by its name."""


def harness_for(
    target: Target, rules: Rules, invariants: tuple[Invariant, ...] | None = None
) -> Harness:
    """Return a harness for the target. `invariants` judge it, None for those of its role."""
    make = ClientHarness if target.role is RoleName.CLIENT else ServerHarness
    return make(target, rules, ROLES[target.role].invariants if invariants is None else invariants)


def family(
    fault: type[Fault[Any]],
    draw: Callable[[Any], Fault[Any]],
    *,
    role: RoleName = RoleName.SERVER,
    examples: int = Family.examples,
) -> Family:
    """Return a fault family for a fault of one's own.

    `draw` is given the workload in the making (a `WorkloadBuilder` of the role) and returns the
    fault; Hypothesis draws what it asks for. `examples`: workloads that are tried.
    """
    workloads = (
        partial(server_workloads, (draw,))
        if role is RoleName.SERVER
        else partial(client_workloads, {fault: draw})
    )
    return Family(fault.name, fault.section, fault.summary, workloads, examples, fault)


def with_families(role: Role, families: Iterable[Family]) -> Role:
    """Return the role with more fault families, which may stand in its saved cases as well."""
    own = tuple(families)
    words = replace(
        role.words,
        faults={**role.words.faults, **{one.fault.name: one.fault for one in own if one.fault}},
    )
    names = {one.name for one in own}
    kept = tuple(one for one in role.families if one.name not in names)
    return replace(role, families=(*kept, *own), words=words)


def probe_target(target: Target, rules: Rules) -> None:
    """Start the target once, or connect to its address, before anything is distributed.

    Raises TargetError, with a message for the user, when there is nothing to test.
    """
    probe = probe_client if target.role is RoleName.CLIENT else probe_server
    probe(target, rules)
