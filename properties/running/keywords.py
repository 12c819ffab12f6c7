"""What is to be run, checked, from values of Python code; see `properties.running.settings`."""

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import TypedDict, Unpack

from properties.model.levels import Level
from properties.model.oracle import Service
from properties.model.role import Family
from properties.model.settings import Limits
from properties.model.target_spec import Target
from properties.model.verdict import Invariant
from properties.roles import with_families
from properties.running.errors import UsageError
from properties.running.option_list import Options
from properties.running.settings import Settings, families_called, settings_for
from properties.services.registry import name_of
from properties.services.wording import role_for
from target.errors import TargetError


class Keywords(TypedDict, total=False):
    """The keywords of a run in Python code, besides its target. All are optional.

    `faults` are the families, by name or made by `family`; `invariants` those that judge; `service`
    what the target owes, by name or an object. `max_examples`: drawn workloads of each family,
    `no_sweep`: without the finite choices, `patience`: seconds. `limits` of the server, or
    `max_connections` at once and `max_rate` a second. `baseline`: a file with known violations,
    `cases`: a folder. `level`: the weakest requirement whose violation fails the run.
    """

    faults: Iterable[str | Family]
    invariants: Iterable[Invariant]
    service: Service | str
    max_examples: int
    no_sweep: bool
    seed: int
    patience: float
    limits: Limits
    max_connections: int
    max_rate: float
    baseline: str | os.PathLike[str]
    cases: str | os.PathLike[str]
    level: Level | str


def settings_from(target: Target | str, **keywords: Unpack[Keywords]) -> Settings:
    """Return settings from Python values; a target that is text is a server's command.

    Raises UsageError.
    """
    limits = Limits(keywords.get("max_connections"), keywords.get("max_rate"))
    limits = keywords.get("limits", limits)
    service, baseline = keywords.get("service"), keywords.get("baseline")
    cases = keywords.get("cases")
    level = keywords.get("level", Options.level)
    options = Options(
        max_examples=keywords.get("max_examples"),
        no_sweep=keywords.get("no_sweep", False),
        seed=keywords.get("seed"),
        patience=keywords.get("patience", Options.patience),
        max_connections=limits.connections,
        max_rate=limits.rate,
        service=service if isinstance(service, str) else None,
        expect=None if baseline is None else os.fspath(baseline),
        cases=None if cases is None else os.fspath(cases),
        level=level.word if isinstance(level, Level) else level,
    )
    try:
        asked = target if isinstance(target, Target) else Target.server(target)
    except TargetError as error:
        raise UsageError(str(error)) from None
    settings = _with_service(settings_for(asked, options), service)
    return _with_families(settings, keywords.get("faults"), keywords.get("invariants"))


def _with_service(settings: Settings, service: Service | str | None) -> Settings:
    if service is None or isinstance(service, str):
        return settings
    rules = replace(settings.rules, service=service)
    return replace(settings, rules=rules, role=role_for(settings.role, name_of(service)))


def _with_families(
    settings: Settings,
    faults: Iterable[str | Family] | None,
    invariants: Iterable[Invariant] | None,
) -> Settings:
    """Return settings with these families tried, and judged by these invariants. None: all."""
    asked = list(faults) if faults is not None else []
    own = [one for one in asked if isinstance(one, Family)]
    role = with_families(settings.role, own)
    if invariants is not None:
        role = replace(role, invariants=tuple(invariants))
    names = [one if isinstance(one, str) else one.name for one in asked]
    families = families_called(names, role) if names else settings.families
    return replace(settings, role=role, families=families)
