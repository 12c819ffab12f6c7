"""Runs that others have made, from the records in their JSON results."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from properties.cases.case import CaseError
from properties.cases.checks import read_json
from properties.cases.codec import DamagedError
from properties.merging.shapes import RECORD, misshapen
from properties.model.levels import LEVELS
from properties.model.role import Family, Role
from properties.model.settings import Rules
from properties.model.sweep import Choice
from properties.model.target_spec import RoleName, Target
from properties.roles import ROLES
from properties.running.division.shard import Shard
from properties.running.errors import UsageError
from properties.running.plan import Part, PartKind
from properties.running.record.record import FORMAT
from properties.running.run import Run
from properties.running.settings import Settings
from properties.search.findings import findings_from_data
from properties.search.known_violations import Baseline, KnownViolation
from target.command import Command


@dataclass(frozen=True)
class _Named(Target):
    """A target of another machine, called as it was called there."""

    name: str = ""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class ReadRun:
    """A run, the file that it was read from, and what must be the same in all shards.

    `alike` has the words for each of it by what it is called.
    """

    path: str
    run: Run
    alike: dict[str, str]


def runs_in(path: str) -> list[ReadRun]:
    """Return the runs whose records a JSON result holds. Raises UsageError."""
    try:
        data = read_json(Path(path))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except (DamagedError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from None
    records = data.get("records") if isinstance(data, dict) else None
    if not isinstance(records, list) or not records:
        raise UsageError(f"{path}: it is no result of anechoic check --json (no field 'records')")
    return [_run_of(path, one) for one in records]


def _run_of(path: str, record: Any) -> ReadRun:
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise UsageError(f"{path}: its record is of another version of anechoic, or damaged")
    if wrong := misshapen(record, RECORD):
        raise _unreadable(path, f"what is wrong is {wrong}")
    try:
        return ReadRun(path, _run(record), _alike(record))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, CaseError) as error:
        raise _unreadable(path, str(error) or type(error).__name__) from None


def _unreadable(path: str, why: str) -> UsageError:
    what_to_do = "make the result anew with anechoic check --json"
    return UsageError(f"{path}: its record cannot be read: {why}; {what_to_do}")


def _alike(record: dict[str, Any]) -> dict[str, str]:
    shard = record["shard"]
    return {
        "target": str(record["target"]),
        "version": str(record["versions"]["anechoic"]),
        "seed": str(record["seed"]),
        "service": str(record["service"]),
        "level": str(record["level"]),
        "number of shards": str(shard["of"]) if shard else "1",
    }


def _run(record: dict[str, Any]) -> Run:
    settings = _settings(record)
    families = {family.name: family for family in settings.families}
    parts, elsewhere = (
        tuple(_part(one, families, settings.seed) for one in record[name])
        for name in ("parts", "elsewhere")
    )
    origin = {"platform": str(record["platform"]), "versions": dict(record["versions"])}
    run = Run(settings, parts, elsewhere, origin)
    for one in record["findings"]:
        run.findings[one["family"]].merge(findings_from_data(one))
    swept = record.get("swept_violations", [])
    run.swept_violations = {(str(family), str(name)) for family, name in swept}
    run.parts_done = int(record["parts_done"])
    run.interrupted = bool(record["interrupted"])
    run.seconds = float(record["seconds"])
    for name in ("errors", "target_errors", "unwritten", "left_out"):
        getattr(run, name).extend(map(str, record[name]))
    return run


def _settings(record: dict[str, Any]) -> Settings:
    whole = ROLES[RoleName(record["role"])]
    known = {one.id: one for one in whole.invariants}
    role = replace(whole, invariants=tuple(known[name] for name in record["invariants"]))
    return Settings(
        target=_target(record),
        rules=Rules(),
        role=role,
        families=tuple(_family(name, role) for name in record["families"]),
        seed=int(record["seed"]),
        baseline=_baseline(record["baseline"]),
        level=LEVELS[record["level"]],
        exhaustive=bool(record["exhaustive"]),
        shard=Shard(**record["shard"]) if record["shard"] else None,
    )


def _target(record: dict[str, Any]) -> Target:
    words = record["words"]
    return _Named(
        host=str(record["host"]),
        command=Command(tuple(words)) if words else None,
        port=record["port"],
        role=RoleName(record["role"]),
        name=str(record["target"]),
    )


def _family(name: Any, role: Role) -> Family:
    """Return a family for its name alone: nothing is drawn any more."""
    found = (one for one in role.all_families if one.name == name)
    return next(found, None) or replace(role.families[0], name=str(name), fault=None, sweep=())


def _baseline(data: dict[str, Any]) -> Baseline:
    known = tuple(
        KnownViolation(**{**one, "level": LEVELS[one["level"]] if one["level"] else None})
        for one in data["known"]
    )
    return Baseline(str(data["path"]), known)


def _part(data: dict[str, Any], families: dict[str, Family], seed: int) -> Part:
    """Return a part that was run elsewhere. `path` says no more than that it was a known case."""
    return Part(
        kind=PartKind(data["kind"]),
        id=str(data["id"]),
        family=families[data["family"]],
        seed=seed,
        workloads=int(data["workloads"]),
        path=str(data["id"]) if data["is_known"] else "",
        choices=tuple(Choice(str(group), str(value), ()) for group, value in data["choices"]),
    )
