"""The two roles by name: the only module that imports both the server half and the client half.

A half is loaded when its role is first asked for: that takes longer than loading most else, and a
run needs one of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from faults.fault import Fault
from properties.model.harness import Harness
from properties.model.role import Family, Role
from properties.model.settings import Rules
from properties.model.target_spec import RoleName, Target
from properties.model.verdict import Invariant


class Roles(Mapping[RoleName, Role]):
    """Each role by its name."""

    def __getitem__(self, name: RoleName) -> Role:
        """Return a role."""
        return _half(name).role

    def __iter__(self) -> Iterator[RoleName]:
        """Return the names, the server's first."""
        return iter(RoleName)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(RoleName)


@dataclass(frozen=True)
class _Half:
    """A role, what runs its trials, and what tries a target out once."""

    role: Role
    harness: Callable[[Target, Rules, tuple[Invariant, ...]], Harness]
    probe: Callable[[Target, Rules], bool]
    workloads: Callable[[type[Fault[Any]], Callable[..., Any]], Any]


@cache
def _half(name: RoleName) -> _Half:
    """Load a half. All of it at once: processes that are forked later need not load more."""
    return _client_half() if name is RoleName.CLIENT else _server_half()


def _client_half() -> _Half:
    from properties.client.generation.workloads import workloads
    from properties.client.harness import ClientHarness, probe_client
    from properties.client.role import CLIENT

    return _Half(
        CLIENT, ClientHarness, probe_client, lambda fault, draw: partial(workloads, {fault: draw})
    )


def _server_half() -> _Half:
    from properties.server.generation.strategies import workloads
    from properties.server.harness import ServerHarness
    from properties.server.probing import probe_server
    from properties.server.role import SERVER

    return _Half(SERVER, ServerHarness, probe_server, lambda _, draw: partial(workloads, (draw,)))


ROLES: Mapping[RoleName, Role] = Roles()


def harness_for(
    target: Target, rules: Rules, invariants: tuple[Invariant, ...] | None = None
) -> Harness:
    """Return a harness for the target. `invariants` judge it, None for those of its role."""
    half = _half(target.role)
    return half.harness(target, rules, half.role.invariants if invariants is None else invariants)


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
    workloads = _half(role).workloads(fault, draw)
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


def probe_target(target: Target, rules: Rules) -> bool:
    """Start the target once, or connect to its address, before anything is distributed.

    Returns whether a server has served its first client; of a client, that it has connected.
    Raises TargetError, with a message for the user, when there is nothing to test.
    """
    return _half(target.role).probe(target, rules)


def points_of(target: Target, rules: Rules) -> Any:
    """Count the calls of a plain exchange with a server. Raises TargetError."""
    from properties.server.rehearsal.points import points_of as count

    return count(target, rules)


def swept(points: Any) -> Family:
    """Return the family that tries these points of a server."""
    from properties.server.rehearsal.points import swept as family_of

    return family_of(points)


def rehearsed(target: Target, rules: Rules) -> Any:
    """Learn what a server calls, for its schedules. Raises TargetError."""
    from properties.server.schedules.rehearsal import rehearsed as learnt

    return learnt(target, rules)


def with_schedules(family: Family, found: Any, seed: int, examples: int | None) -> Family:
    """Return the family with the schedules of what was learnt of a server."""
    from properties.server.schedules.choices import with_schedules as made

    return made(family, found, seed, examples)
