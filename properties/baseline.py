"""Known violations: what a server is known to do wrong, so that a run fails for what is new.

A team that takes anechoic up for a server with faults writes them into a file once. Each entry
names an invariant, and may name the fault family and a part of the message. What an entry covers
has the verdict `known`: it is shown, nothing is spent on making it smaller, and it does not fail
the run. What no entry covers fails as ever, also in the same cell of the grid. An entry that a
whole run has looked for and not seen is out of date and fails the run too, unless the entry says
that the violation shows only `sometimes`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from properties.role import ROLES, Role
from properties.tables import TableError, read_tables
from properties.trial import Trial
from properties.verdict import Outcome

KINDS: dict[str, type] = {
    "invariant": str,
    "fault": str,
    "message": str,
    "why": str,
    "sometimes": bool,
}
"""The keys of an entry, and what each holds."""


@dataclass(frozen=True)
class Known:
    """One known violation. Without a `fault` it is known in all families, without a `message` all.

    `why` is shown beside it: a ticket, a reason.
    """

    invariant: str
    fault: str = ""
    message: str = ""
    why: str = ""
    sometimes: bool = False

    def covers(self, family: str, invariant: str, message: str) -> bool:
        """Tell whether this is what was seen."""
        return (
            invariant == self.invariant
            and self.fault in ("", family)
            and _plain(self.message) in _plain(message)
        )

    def __str__(self) -> str:
        """Return it in words; no two entries of a file have the same."""
        where = f"{self.fault} x {self.invariant}" if self.fault else self.invariant
        return f"{where}, {self.message!r}" if self.message else where


@dataclass(frozen=True)
class Baseline:
    """The known violations of one file, those of one role; `path` is empty where there is none."""

    path: str = ""
    known: tuple[Known, ...] = ()

    def covering(self, family: str, invariant: str, message: str) -> Known | None:
        """Return the first entry that a violation is known by, None for a new one."""
        return next((one for one in self.known if one.covers(family, invariant, message)), None)

    def applied(self, tried: Trial, family: str) -> Trial:
        """Return a trial whose violations that are known say so."""
        verdicts = {
            name: replace(verdict, outcome=Outcome.KNOWN)
            if verdict.outcome is Outcome.FAIL and self.covering(family, name, verdict.reason)
            else verdict
            for name, verdict in tried.verdicts.items()
        }
        return replace(tried, verdicts=verdicts)


NOTHING_KNOWN = Baseline()


def read(path: Path, role: Role) -> Baseline:
    """Return the known violations of a role, from a TOML file. Raises TableError."""
    known = [_entry(entry, where) for where, entry in read_tables(path, "known", "known violation")]
    for number, one in enumerate(known, 1):
        if str(one) in map(str, known[: number - 1]):
            raise TableError(f"{path}, entry {number}: {one} is there twice")
    return Baseline(str(path), tuple(_of(role, known)))


def _of(role: Role, known: list[Known]) -> Iterator[Known]:
    invariants = {invariant.id for invariant in role.invariants}
    families = {family.name for family in role.families}
    return (one for one in known if one.invariant in invariants and one.fault in {"", *families})


def _entry(entry: dict[str, Any], where: str) -> Known:
    for key, value in entry.items():
        if key not in KINDS:
            raise TableError(f"{where}: there is no {key!r}; known are {', '.join(KINDS)}")
        if not isinstance(value, KINDS[key]):
            wanted = "true or false" if KINDS[key] is bool else "text in quotes"
            raise TableError(f"{where}: {key} = {value!r} must be {wanted}")
    known = Known(**{"invariant": "", **entry})
    _require_a_role(known, where)
    return known


def _require_a_role(known: Known, where: str) -> None:
    """See that what an entry names exists, and for one role."""
    judging = [r for r in ROLES.values() if known.invariant in {one.id for one in r.invariants}]
    if not judging:
        raise TableError(
            f"{where}: there is no invariant {known.invariant!r}; anechoic list names them"
        )
    families = {family.name for role in judging for family in role.families}
    if known.fault and known.fault not in families:
        raise TableError(
            f"{where}: there is no fault {known.fault!r} for {known.invariant}; known are "
            f"{', '.join(sorted(families))}"
        )


def _plain(words: str) -> str:
    """Return words as they are compared: a report breaks lines."""
    return " ".join(words.split())
