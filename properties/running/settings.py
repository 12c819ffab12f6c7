"""What is to be run, checked: from the options of the command line or pytest, or from keywords.

Everything that the user can get wrong is found here, before anything is started.
"""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypedDict, Unpack

from properties.cases.case import FOLDER
from properties.cases.files import is_folder, may_be_folder
from properties.model.bounds import bounded
from properties.model.end_reports import EndReportPatterns
from properties.model.levels import LEVELS, Level
from properties.model.oracle import Echo, Service
from properties.model.role import Family, Role
from properties.model.settings import Limits, Rules, SignalChoice
from properties.model.sweep import Scope
from properties.model.target_spec import Target
from properties.model.verdict import Invariant
from properties.roles import ROLES, with_families
from properties.running import baseline
from properties.running.division.shard import Shard, shard_called
from properties.running.errors import UsageError
from properties.running.option_list import Options, flag_of
from properties.search.known_violations import NOTHING_KNOWN, Baseline
from properties.services.registry import name_of, service_called
from properties.services.table import ServiceError
from target.errors import TargetError
from target.surroundings import Input, Surroundings, variables_of

LOOPBACK = "127.0.0.1"

FOR_SERVERS = ("server", "address", "port", "max_connections", "max_rate", "stdin", "start_timeout")
"""Options that are only for a server under test."""

FOR_COMMANDS = ("host", "port", "cwd", "env", "stdin", "start_timeout", "signal", "no_signal")
"""Options that are only for a target that we start."""

FOR_CLIENTS = ("eof_report", "reset_report", "unreachable_report")
"""Options that are only for a client under test."""

SLOW = 10.0
"""A server that accepts fewer connections a second is not swept: that would take minutes."""


@dataclass(frozen=True)
class Settings:
    """What is to be run, checked.

    `role` judges the target, `families` are tried, with `examples` drawn workloads each (None: the
    usual number); `sweep` says which finite choices are tried besides. Violations from `level` on
    fail the run; all are kept in `cases`. `exhaustive`: only each call of an exchange is failed.
    """

    target: Target
    rules: Rules
    role: Role
    families: tuple[Family, ...]
    examples: int | None = None
    seed: int = 0
    baseline: Baseline = NOTHING_KNOWN
    sweep: Scope = Scope.ALL
    cases: Path = FOLDER
    level: Level = Level.MUST
    exhaustive: bool = False
    shard: Shard | None = None

    @property
    def service(self) -> str:
        """The name of what a server owes."""
        return name_of(self.rules.service)


def settings_of(options: Options) -> Settings:
    """Check the options. Raises UsageError."""
    try:
        target = _target(options)
    except TargetError as error:
        raise UsageError(str(error)) from None
    return _settings(target, options)


def _settings(target: Target, options: Options) -> Settings:
    role = ROLES[target.role]
    limits = Limits(
        _number("max_connections", options.max_connections),
        _number("max_rate", options.max_rate),
    )
    words = (options.eof_report, options.reset_report, options.unreachable_report)
    service = _service(options.service, target)
    reports = EndReportPatterns.of(*map(_expression, FOR_CLIENTS, words))
    patience = float(_number("patience", options.patience))
    return Settings(
        target=target,
        rules=Rules(limits, patience, service, reports, signals=_signals(options)),
        role=role,
        families=_chosen(options.fault or [], role),
        examples=_number("max_examples", options.max_examples),
        seed=_number("seed", options.seed) or 0,
        baseline=_baseline(options.expect, role, name_of(service)),
        sweep=_scope(options),
        cases=_cases(options.cases),
        level=level_of(options.level),
        exhaustive=options.sweep,
        shard=shard_called(options.shard),
    )


def _cases(path: str | None) -> Path:
    if path is None:
        return FOLDER
    if not may_be_folder(path):
        raise UsageError(f"--cases {path!r}: is no folder; name one, which may be new")
    return Path(path)


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
    settings = _with_service(_settings(asked, options), service)
    return _with_families(settings, keywords.get("faults"), keywords.get("invariants"))


def _with_service(settings: Settings, service: Service | str | None) -> Settings:
    if service is None or isinstance(service, str):
        return settings
    return replace(settings, rules=replace(settings.rules, service=service))


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
    families = _chosen(names, role) if names else settings.families
    return replace(settings, role=role, families=families)


def _target(options: Options) -> Target:
    target = _bare_target(options)
    if target.command is None:
        return target
    surroundings = Surroundings(
        None if options.cwd is None else str(_folder(options.cwd)),
        variables_of(options.env or []),
        Input(options.stdin or Input.NULL.value),
        _number("start_timeout", options.start_timeout),
    )
    return replace(target, command=replace(target.command, surroundings=surroundings))


def _folder(path: str) -> Path:
    if not is_folder(path):
        raise UsageError(f"--cwd {path}: there is no such folder")
    return Path(path).resolve()


def _bare_target(options: Options) -> Target:
    if options.server is not None and options.address is not None:
        raise UsageError("give a server command or --address, not both")
    if options.client is not None:
        _refuse(options, FOR_SERVERS, "is for servers", "--client")
        return Target.client(options.client, LOOPBACK if options.host is None else options.host)
    if options.address is not None:
        _refuse(options, FOR_COMMANDS, "is for commands that anechoic starts", "--address")
        return Target.address(options.address)
    if options.server is not None or options.port is not None:
        _refuse(options, FOR_CLIENTS, "is for clients", "the server, or add --client")
    return Target.server(
        options.server, options.port, LOOPBACK if options.host is None else options.host
    )


def _refuse(options: Options, names: Iterable[str], why: str, other: str) -> None:
    for name in names:
        if getattr(options, name) is not None:
            option = flag_of(name).short
            raise UsageError(f"{option} {why}: leave it out, or leave out {other}")


def _scope(options: Options) -> Scope:
    is_slow = options.max_rate is not None and options.max_rate < SLOW
    if options.no_sweep or is_slow:
        return Scope.NONE
    return Scope.MOST_IMPORTANT if options.quick else Scope.ALL


def _service(words: str | None, target: Target) -> Service:
    try:
        return Echo() if words is None else service_called(words, target.role)
    except ServiceError as error:
        raise UsageError(f"--service {error}") from None


def _signals(options: Options) -> SignalChoice:
    try:
        return SignalChoice.of(options.signal or (), options.no_signal or ())
    except ValueError as error:
        raise UsageError(f"--signal, --no-signal: {error}") from None


def level_of(word: str) -> Level:
    """Return the level of `--level`. Raises UsageError for another word."""
    if word not in LEVELS:
        raise UsageError(f"--level {word}: there is no such level; known are {', '.join(LEVELS)}")
    return LEVELS[word]


def _baseline(path: str | None, role: Role, service: str) -> Baseline:
    if path is None:
        return NOTHING_KNOWN
    try:
        return baseline.read(Path(path), role, service)
    except UsageError as error:
        raise UsageError(f"--expect: {error}") from None


def _expression(name: str, pattern: str | None) -> str | None:
    try:
        re.compile(pattern or "")
    except re.error as error:
        flag = flag_of(name).short
        raise UsageError(f"{flag} {pattern!r} is no regular expression: {error}") from None
    return pattern


def _number(name: str, value: Any) -> Any:
    try:
        return bounded(name, value)
    except ValueError as error:
        raise UsageError(f"{flag_of(name).short} {value}: {error}") from None


def _chosen(names: Sequence[str], role: Role) -> tuple[Family, ...]:
    known = {family.name: family for family in role.families}
    for name in names:
        if name not in known:
            raise UsageError(
                f"--fault {name}: there is no such fault; known are {', '.join(known)}"
            )
    return tuple(family for family in role.families if not names or family.name in names)
