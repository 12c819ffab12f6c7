"""What is to be run, checked: from the options of the command line or of pytest.

Everything that the user can get wrong is found here, before anything is started.
"""

import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

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
from properties.roles import ROLES
from properties.running import baseline
from properties.running.division.shard import Shard, shard_called
from properties.running.errors import UsageError
from properties.running.option_list import Options, flag_of
from properties.search.known_violations import NOTHING_KNOWN, Baseline
from properties.services.expressions import compiled
from properties.services.registry import name_of, service_called
from properties.services.table import ServiceError
from properties.services.wording import role_for
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
    `rehearses`: a part of the run learns what the schedules of the target are made of.
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
    rehearses: bool = False

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
    return settings_for(target, options)


def settings_for(target: Target, options: Options) -> Settings:
    """Check the options for this target, whatever they say of one. Raises UsageError."""
    role = ROLES[target.role]
    limits = Limits(
        _number("max_connections", options.max_connections),
        _number("max_rate", options.max_rate),
    )
    words = (options.eof_report, options.reset_report, options.unreachable_report)
    service = _service(options.service, target)
    reports = EndReportPatterns.of(*map(_expression, FOR_CLIENTS, words))
    patience = float(_number("patience", options.patience))
    role = role_for(role, name_of(service))
    return Settings(
        target=target,
        rules=Rules(limits, patience, service, reports, signals=_signals(options)),
        role=role,
        families=families_called(options.fault or [], role),
        examples=_number("max_examples", options.max_examples),
        seed=_number("seed", options.seed) or 0,
        baseline=_baseline(options.expect, role, name_of(service)),
        sweep=_scope(options),
        cases=cases_folder(options.cases),
        level=level_of(options.level),
        exhaustive=options.sweep,
        shard=shard_called(options.shard),
    )


def cases_folder(path: str | None) -> Path:
    """Return where cases are kept, FOLDER for None. Raises UsageError where it can be no folder."""
    if path is None:
        return FOLDER
    if not may_be_folder(path):
        raise UsageError(f"--cases {path!r}: is no folder; name one, which may be new")
    return Path(path)


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
        compiled(pattern or "")
    except ValueError as error:
        flag = flag_of(name).short
        raise UsageError(f"{flag} {reprlib.repr(pattern)} {error}") from None
    return pattern


def _number(name: str, value: Any) -> Any:
    try:
        return bounded(name, value)
    except ValueError as error:
        raise UsageError(f"{flag_of(name).short} {value}: {error}") from None


def families_called(names: Sequence[str], role: Role) -> tuple[Family, ...]:
    """Return the families of these names, all for none. Raises UsageError for another name."""
    known = {family.name: family for family in role.families}
    for name in names:
        if name not in known:
            raise UsageError(
                f"--fault {name}: there is no such fault; known are {', '.join(known)}"
            )
    return tuple(family for family in role.families if not names or family.name in names)
