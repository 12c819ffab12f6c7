"""Cases: a workload that violated an invariant, kept as one readable JSON file.

A case holds all that is needed to run it again, and what was seen when it failed. It may be edited
by hand: a step can be taken out, a number changed, the history left out.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from properties.cases import codec
from properties.cases.checks import read_json, require_fields
from properties.cases.codec import DamagedError
from properties.cases.files import write_whole
from properties.cases.records import note_made_here
from properties.cases.shared_folder import write_new
from properties.cases.upgrades import UPGRADES
from properties.model.end_reports import EndReportPatterns
from properties.model.events import Event, Injected
from properties.model.levels import Level, Ruling, happened, ruling
from properties.model.role import Role
from properties.model.settings import Limits, SignalChoice, names_of
from properties.model.steps import Workload
from properties.model.target_spec import RoleName
from properties.model.verdict import Invariant
from properties.roles import ROLES
from properties.services.registry import ECHO
from properties.services.wording import worded
from target.chamber import Network
from target.command import Command
from target.errors import ShownError
from target.surroundings import USUAL, Input, Surroundings

FORMAT = 3
"""Increased when a case of an older anechoic can no longer be read as it is (`upgrades`)."""

ABOUT = ("seed", "platform", "versions", "verdicts", "rate_before")
"""The fields of a case that are only for people to read."""

FOLDER = Path(".anechoic") / "cases"


class CaseError(ShownError):
    """A file is no case, or not one that this version can run; the message says why."""


@dataclass(frozen=True)
class Case:
    """A saved violation. `words` are the command's, None for a server known by its address.

    When found, it was run `times` more times and failed `failed` of them (0 of 0: not measured).
    `service` is the name of what the target owed and `table` the table of one that was read from a
    file, `signals` which were sent or not, `network` where it ran, `about` has the fields of ABOUT.
    """

    role: Role
    invariant: Invariant
    fault: str
    workload: Workload
    actual: str
    words: tuple[str, ...] | None
    host: str = "127.0.0.1"
    port: int | None = None
    surroundings: Surroundings = USUAL
    limits: Limits = field(default_factory=Limits)
    patience: float = 10.0
    service: str = ECHO
    table: Mapping[str, Any] | None = None
    signals: SignalChoice = field(default_factory=SignalChoice)
    network: Network = Network.HOST
    history: tuple[Event, ...] = ()
    failed: int = 0
    times: int = 0
    reports: EndReportPatterns = field(default_factory=EndReportPatterns)
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def command(self) -> Command | None:
        """The command with which it failed."""
        return Command(self.words, self.surroundings) if self.words else None

    @cached_property
    def ruling(self) -> Ruling:
        """How strong the violated requirement is, after what happened, and the row that says so."""
        faults = happened(self.workload, self.history)
        return ruling(self.invariant.id, faults, self.invariant.level)

    @property
    def level(self) -> Level:
        """How strong the violated requirement is."""
        return self.ruling.level


def case_as_data(case: Case) -> dict[str, Any]:
    """Return a case as JSON data."""
    return {
        "anechoic_case": FORMAT,
        "role": case.role.name.value,
        "invariant": case.invariant.id,
        "section": case.invariant.section,
        "requirement": case.invariant.requirement,
        "level": case.level.word,
        "fault": case.fault,
        "command": list(case.words) if case.words else None,
        "host": case.host,
        "port": case.port,
        "cwd": case.surroundings.folder,
        "env": dict(case.surroundings.variables),
        "stdin": case.surroundings.input.value,
        "start_timeout": case.surroundings.start_timeout,
        "max_connections": case.limits.connections,
        "max_rate": case.limits.rate,
        "patience": case.patience,
        "service": case.service,
        **({"service_table": dict(case.table)} if case.table is not None else {}),
        "signal": names_of(case.signals.more),
        "no_signal": names_of(case.signals.fewer),
        "network": case.network.value,
        "eof_report": case.reports.eof,
        "reset_report": case.reports.reset,
        "unreachable_report": case.reports.unreachable,
        "actual": case.actual,
        "failed": case.failed,
        "times": case.times,
        "workload": codec.workload_as_data(case.workload, case.role.words),
        **case.about,
        "history": codec.events_as_data(list(case.history)),
    }


def case_from_data(data: Any, roles: Iterable[Role] | None = None) -> Case:
    """Return the case that the data describe, of this format or of an older one.

    `roles` are those that it may have, None for both that there are. Raises CaseError.
    """
    if not isinstance(data, dict) or "anechoic_case" not in data:
        raise CaseError("it is not a case of anechoic: the field 'anechoic_case' is missing")
    data = _upgraded(data)
    role = _role(data.get("role", RoleName.SERVER.value), roles)
    known = {invariant.id: invariant for invariant in role.invariants}
    name = data.get("invariant")
    if not isinstance(name, str) or name not in known:
        raise CaseError(f"no invariant is called {name!r}; known are {', '.join(known)}")
    try:
        require_fields(data, role)
        service = data.get("service") or ECHO
        return Case(
            role=role,
            invariant=worded(known[name], service),
            fault=str(data.get("fault", "")),
            workload=codec.workload_from_data(data.get("workload"), role.words),
            actual=data.get("actual") or "",
            words=tuple(data["command"]) if data.get("command") else None,
            host=data.get("host") or "127.0.0.1",
            port=data.get("port"),
            surroundings=Surroundings(
                data.get("cwd"),
                tuple((data.get("env") or {}).items()),
                Input(data.get("stdin") or Input.NULL.value),
                data.get("start_timeout"),
            ),
            limits=Limits(data.get("max_connections"), data.get("max_rate")),
            patience=float(data.get("patience") or 10.0),
            service=service,
            table=data.get("service_table"),
            signals=SignalChoice.of(data.get("signal") or (), data.get("no_signal") or ()),
            network=Network(data.get("network") or Network.HOST.value),
            history=tuple(codec.events_from_data(data.get("history", []), role.words)),
            failed=int(data.get("failed", 0)),
            times=int(data.get("times", 0)),
            reports=EndReportPatterns.of(
                *map(data.get, ("eof_report", "reset_report", "unreachable_report"))
            ),
            about={name: data[name] for name in ABOUT if name in data},
        )
    except (DamagedError, TypeError, ValueError, OverflowError) as error:
        raise CaseError(str(error)) from None


def _upgraded(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data in the present format."""
    while (found := data["anechoic_case"]) != FORMAT or type(found) is not int:
        upgrade = UPGRADES.get(found) if type(found) is int else None
        if upgrade is None:
            raise CaseError(f"its format is {found!r}, and this version reads 1 to {FORMAT}")
        data = upgrade(data)
    return data


def _role(name: Any, roles: Iterable[Role] | None) -> Role:
    if roles is None and name in [one.value for one in RoleName]:
        # Of all roles none is loaded but this one.
        return ROLES[RoleName(name)]
    for role in roles or ():
        if role.name.value == name:
            return role
    raise CaseError(f"the field 'role' is {name!r}; known are server, client")


def read_case(path: Path, roles: Iterable[Role] | None = None) -> Case:
    """Read a case. Raises CaseError, with the name of the file, when it cannot be used."""
    try:
        return case_from_data(read_json(path), roles)
    except OSError as error:
        raise CaseError(f"{path}: {error.strerror}") from None
    except (CaseError, DamagedError) as error:
        raise CaseError(f"{path}: {error}") from None
    except ValueError:
        raise CaseError(f"{path}: no file has such a name") from None


def injected_in(history: Iterable[Event]) -> list[str]:
    """Return what became of each fault of a history, in words."""
    return [f"{e.status.value}: {e.detail}" for e in history if isinstance(e, Injected)]


def write_case(case: Case, folder: Path = FOLDER, *, made_here: bool = True) -> Path:
    """Write a case under a name that follows from its content; return the path.

    `made_here`: this user's run has found it, so that it may be replayed. Raises OSError.
    """
    path = path_of(case, folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = _layout(case_as_data(case))
    write_whole(path, text)
    if made_here:
        note_made_here(text.encode())
    return path


def write_first_case(case: Case, folder: Path = FOLDER) -> tuple[Path, bool]:
    """Write a case unless there is one of its name; return the path, and whether it was written.

    Raises OSError.
    """
    path = path_of(case, folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = _layout(case_as_data(case))
    is_new = write_new(path, text)
    if is_new:
        note_made_here(text.encode())
    return path, is_new


def path_of(case: Case, folder: Path = FOLDER) -> Path:
    """Return where `write_case` keeps a case."""
    target = list(case.words) if case.words else [case.host, case.port]
    service = [] if case.service == ECHO else [case.service, case.table]
    workload = codec.workload_as_data(case.workload, case.role.words)
    identity = json.dumps([target, workload, *service]).encode()
    return folder / f"{case.invariant.id}-{hashlib.sha256(identity).hexdigest()[:8]}.json"


def _layout(data: dict[str, Any]) -> str:
    """Return a case as readable JSON text: one step a line, one event a line."""
    lines = []
    for key, value in data.items():
        if key in ("workload", "history") and value:
            items = ",\n".join(f"    {json.dumps(item)}" for item in value)
            lines.append(f"  {json.dumps(key)}: [\n{items}\n  ]")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
