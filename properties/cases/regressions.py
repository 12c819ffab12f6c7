"""Cases of earlier runs of the same target: tried before anything new is generated.

Such a case is likely to fail again, and it is already small. It is run a few times. If it does not
fail in them, that does not prove it fixed: `anechoic replay` finds out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from properties.cases.case import FOLDER, Case, CaseError, read_case
from properties.model.oracle import Echo, Service
from properties.model.role import Role
from properties.model.target_spec import Target
from properties.services.registry import is_same, name_of, table_in

ECHO_SERVICE = Echo()

RUNS = 3
"""How often a known case is run before new workloads are generated."""


@dataclass(frozen=True)
class KnownCase:
    """A case of an earlier run, and the file that it was read from."""

    path: Path
    case: Case


def known_cases(
    target: Target,
    role: Role,
    families: Iterable[str],
    folder: Path = FOLDER,
    service: Service = ECHO_SERVICE,
) -> tuple[KnownCase, ...]:
    """Return the cases of this target, service and of these families, in the order of their names.

    Files that are no cases, or cases of another version, are skipped.
    """
    names = set(families)
    return tuple(
        one
        for one in _readable(sorted(folder.glob("*.json")), role)
        if one.case.fault in names and _is_about(one.case, target) and _owes(one.case, service)
    )


def read_known(paths: Iterable[str], role: Role) -> tuple[KnownCase, ...]:
    """Return the cases in these files, as far as they can be read."""
    return tuple(_readable(map(Path, paths), role))


def _readable(paths: Iterable[Path], role: Role) -> Iterator[KnownCase]:
    for path in paths:
        try:
            yield KnownCase(path, read_case(path, [role]))
        except CaseError:
            continue


def _is_about(case: Case, target: Target) -> bool:
    if case.role.name is not target.role:
        return False
    if target.command is not None:
        return case.words == target.command.words
    return case.words is None and (case.host, case.port) == (target.host, target.port)


def _owes(case: Case, service: Service) -> bool:
    return is_same(case.service, name_of(service)) and case.table == table_in(service)


def passed(path: str, runs: int) -> str:
    """Return the note that a known case did not fail."""
    times = f"{runs} run{'s' if runs != 1 else ''}"
    return (
        f"the known case {path} did not fail in {times}; anechoic replay says whether it is fixed"
    )
