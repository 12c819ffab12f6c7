"""Known violations (`properties.search.known_violations`): their file, and those that now pass."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import asdict
from pathlib import Path
from typing import Any

from properties.model.levels import LEVELS, Level
from properties.model.role import Role
from properties.model.verdict import Outcome
from properties.roles import ROLES
from properties.running.errors import UsageError
from properties.running.toml_tables import read_tables
from properties.search.findings import Findings
from properties.search.known_violations import Baseline, KnownViolation
from properties.services.registry import ECHO, is_same

KINDS: dict[str, type] = {
    "invariant": str,
    "fault": str,
    "message": str,
    "why": str,
    "sometimes": bool,
    "level": str,
    "service": str,
}
"""The keys of an entry, and the type of each."""


def read(path: Path, role: Role, service: str = ECHO) -> Baseline:
    """Return the known violations of a role and service, from a TOML file. Raises UsageError."""
    tables = read_tables(path, "known", "known violation")
    known = [_entry(entry, where) for where, entry in tables]
    for number, one in enumerate(known, 1):
        if str(one) in map(str, known[: number - 1]):
            raise UsageError(f"{path}, entry {number}: {one} is listed twice")
    owing = [one for one in known if not one.service or is_same(one.service, service)]
    return Baseline(str(path), tuple(_of(role, owing)))


def _of(role: Role, known: list[KnownViolation]) -> Iterator[KnownViolation]:
    invariants = {invariant.id for invariant in role.invariants}
    families = {family.name for family in role.all_families}
    return (one for one in known if one.invariant in invariants and one.fault in {"", *families})


def _entry(entry: dict[str, Any], where: str) -> KnownViolation:
    for key, value in entry.items():
        if key not in KINDS:
            raise UsageError(f"{where}: there is no {key!r}; known are {', '.join(KINDS)}")
        if not isinstance(value, KINDS[key]):
            wanted = "true or false" if KINDS[key] is bool else "text in quotes"
            raise UsageError(f"{where}: {key} = {value!r} must be {wanted}")
    known = KnownViolation(**{"invariant": "", **entry, "level": _level(entry, where)})
    _require_a_role(known, where)
    return known


def _level(entry: dict[str, Any], where: str) -> Level | None:
    word = entry.get("level")
    if word is not None and word not in LEVELS:
        known = ", ".join(LEVELS)
        raise UsageError(f"{where}: level = {word!r}: there is no such level; known are {known}")
    return LEVELS[word] if word is not None else None


def _require_a_role(known: KnownViolation, where: str) -> None:
    """Check that the invariant and the fault of an entry exist, for one role."""
    judging = [r for r in ROLES.values() if known.invariant in {one.id for one in r.invariants}]
    if not judging:
        raise UsageError(
            f"{where}: there is no invariant {known.invariant!r}; anechoic list names them"
        )
    families = {family.name for role in judging for family in role.all_families}
    if known.fault and known.fault not in families:
        raise UsageError(
            f"{where}: there is no fault {known.fault!r} for {known.invariant}; known are "
            f"{', '.join(sorted(families))}"
        )


def now_passing(
    baseline: Baseline, findings: Mapping[str, Findings], families: Set[str]
) -> list[KnownViolation]:
    """Return the entries that were looked for and no longer show. `families`: all of the role."""
    met = {words for one in findings.values() for words in one.known}
    return [
        one
        for one in baseline.known
        if str(one) not in met and not one.sometimes and _passes(one, findings, families)
    ]


def as_json(
    baseline: Baseline, findings: Mapping[str, Findings], passing: Sequence[KnownViolation]
) -> list[dict[str, Any]]:
    """Return each entry, how often it was seen, and whether it now passes."""
    times = Counter[str]()
    for one in findings.values():
        times.update({words: count for words, (count, _) in one.known.items()})
    return [
        {
            **asdict(one),
            "level": one.level.word if one.level else None,
            "seen": times[str(one)],
            "now_passes": one in passing,
        }
        for one in baseline.known
    ]


def _passes(known: KnownViolation, findings: Mapping[str, Findings], families: Set[str]) -> bool:
    """Return whether an entry's invariant was judged in its families, with no new violation."""
    asked = families if not known.fault else {known.fault}
    if not asked <= {one.family for one in findings.values()}:
        return False
    found = {findings[family].cells[known.invariant].outcome for family in asked}
    judged = {Outcome.PASS, Outcome.KNOWN}
    return bool(found & judged) and found <= {*judged, Outcome.NOT_APPLICABLE}
