"""What is checked before a run: the settings, and whether there is a target at all."""

import errno
import math
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from properties.cases.case import CaseError, read_case
from properties.cases.regressions import known_cases
from properties.model.bounds import bounded
from properties.model.sweep import Scope
from properties.model.target_spec import Target
from properties.roles import points_of, probe_target, swept
from properties.running import rehearsal
from properties.running.errors import UsageError
from properties.running.plan import divided, whole_plan
from properties.running.processes import chambered, own_limits
from properties.running.run import Run
from properties.running.settings import SLOW, Settings
from target import limits, ports, sockets
from target.chamber import Network
from target.errors import TargetError
from target.proc import require_proc

NETWORK_HINT = (
    "it ran in a network of its own: for one that listens elsewhere (in a container), or needs "
    "what is on this machine's network, add --network host"
)
PROBED = 3.0
"""Seconds of patience for one that did not serve its first client, where that is asked again."""

SERVES_OUTSIDE = "there it did not serve its first client, and here it did (does it look names up?)"
SIGNS_OF_THE_NETWORK = (
    "never listened",
    *map(os.strerror, (errno.ENETUNREACH, errno.ECONNREFUSED, errno.EADDRNOTAVAIL)),
)
"""What is said of a server, or by it, where it may miss what is outside of its network."""


def prepared(settings: Settings, asked: Network = Network.HOST, *, rehearses: bool = False) -> Run:
    """Try the target out once; return the run that can begin. Raises UsageError.

    `asked` is the network in which the user wants it to run. `rehearses`: what its schedules are
    made of is learnt in a part of the run, which must be run by a `Pool`.
    """
    try:
        require_proc()
    except TargetError as error:
        raise UsageError(str(error)) from None
    limits.raise_own()
    settings, fewer = own_limits.fitted(settings)
    settings, why = chambered.settled_in(settings, asked)
    require_connections(settings.target, settings.rules.network)
    settings, why = _tried_out(settings, why)
    settings, not_judged = _with_points(settings)
    if rehearses:
        settings = replace(settings, rehearses=rehearsal.has_schedules(settings))
    else:
        settings = _with_schedules(settings)
    run = planned(settings)
    run.left_out += [one for one in (fewer, not_judged, why_not_swept(settings)) if one]
    if why:
        run.left_out.append(f"it ran in this machine's network, not in one of its own: {why}")
    return run


def _tried_out(settings: Settings, why: str) -> tuple[Settings, str]:
    """Try the target out; return the settings with the network where it serves, and why there.

    One that asks a name server, or another service of this machine, for each client serves none in
    a network of its own. Raises UsageError.
    """
    network = settings.rules.network
    try:
        serves = _serves(settings)
    except TargetError as error:
        raise UsageError(_with_output(error, network)) from None
    if serves or network is not Network.OWN:
        return settings, why
    outside = replace(settings, rules=replace(settings.rules, network=Network.HOST))
    with suppress(TargetError):
        # Again in its own: one that serves now and then shall stay there.
        if _serves(outside, PROBED) and not _serves(settings, PROBED):
            return outside, SERVES_OUTSIDE
    return settings, why


def _serves(settings: Settings, most: float = math.inf) -> bool:
    """Return whether the first client is served, waited for with `most` seconds of patience."""
    rules = replace(settings.rules, patience=min(most, settings.rules.patience))
    return chambered.call(rules.network, lambda _: probe_target(settings.target, rules))


def why_not_swept(settings: Settings) -> str:
    """Return why no finite choice is swept although the user has not said so, in words."""
    rate = settings.rules.limits.rate
    if settings.sweep is not Scope.NONE or rate is None or rate >= SLOW:
        return ""
    return f"no finite choice was swept: with --max-rate {rate:g} that would take too long"


def _with_points(settings: Settings) -> tuple[Settings, str]:
    """Return the settings with the points of a sweep, and what it cannot judge, in words."""
    if not settings.exhaustive:
        return settings, ""
    try:
        points = chambered.call(
            settings.rules.network, lambda _: points_of(settings.target, settings.rules)
        )
    except TargetError as error:
        raise UsageError(_with_output(error, settings.rules.network)) from None
    if points.refusal:
        raise UsageError(f"--sweep: {points.refusal}")
    judging = tuple(one for one in settings.role.invariants if one.id not in points.violated)
    words = ", ".join(points.violated)
    return replace(
        settings,
        role=replace(settings.role, invariants=judging),
        families=(swept(points),),
    ), f"a plain exchange violates {words}: the sweep does not judge that" if words else ""


def _with_schedules(settings: Settings) -> Settings:
    """Return the settings with the schedules that are to be tried; learns what the target calls."""
    if not rehearsal.has_schedules(settings):
        return settings
    try:
        found = chambered.call(settings.rules.network, lambda _: rehearsal.learn(settings))
    except TargetError as error:
        raise UsageError(_with_output(error, settings.rules.network)) from None
    return rehearsal.with_what_was_learnt(settings, found)


def require_connections(target: Target, network: Network) -> None:
    """Connect to ourselves where a target is to run: if that fails, nothing can be learnt of it.

    Raises UsageError.
    """
    if target.command is None or network is not Network.HOST:
        return
    problem = ports.connection_problem(sockets.reachable(target.host))
    if problem:
        raise UsageError(
            f"no connection can be made to {target.host} on this machine's network: {problem}; "
            "look at its loopback interface, its routes and its firewall"
        )


def planned(settings: Settings) -> Run:
    """Return a run whose target was not tried out; cases of earlier runs are tried first."""
    families = (family.name for family in settings.families)
    service = settings.rules.service
    known = known_cases(settings.target, settings.role, families, settings.cases, service)
    return Run(settings, *divided(whole_plan(settings, known), settings.shard))


def require_cases(paths: Iterable[str], times: int | None) -> None:
    """Check that what is to be replayed can be read. Raises UsageError."""
    try:
        bounded("times", times)
    except ValueError as error:
        raise UsageError(f"--times {times}: {error}") from None
    for path in paths:
        try:
            read_case(Path(path))
        except CaseError as error:
            raise UsageError(f"ERROR {error}") from None


def _with_output(error: TargetError, network: Network) -> str:
    hint = [NETWORK_HINT] if network is not Network.HOST and _may_be_the_network(error) else []
    return "\n".join((error.with_output(), *hint))


def _may_be_the_network(error: TargetError) -> bool:
    return any(sign in f"{error}\n{error.output}" for sign in SIGNS_OF_THE_NETWORK)
