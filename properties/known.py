"""Cases of earlier runs of the same server: tried before anything new is generated.

What has failed before is likely to fail again, and its case is small already. It is run a few
times; one that does not fail in them is not called fixed here: `anechoic replay` can say that.
"""

from collections.abc import Iterator
from pathlib import Path

from properties import cases
from properties.cases import FOLDER, Case, CaseError
from properties.families import Family
from properties.subject import Subject

RUNS = 3
"""How often a known case is run before what is new is looked for."""


def known_cases(
    subject: Subject, families: tuple[Family, ...], folder: Path = FOLDER
) -> tuple[Path, ...]:
    """Return the cases of this very subject and of these families, in the order of their names.

    Files that are no cases, or cases of another version, are left alone.
    """
    names = {family.name for family in families}
    return tuple(
        path for path, case in _readable(folder) if case.fault in names and _is_about(case, subject)
    )


def _readable(folder: Path) -> Iterator[tuple[Path, Case]]:
    for path in sorted(folder.glob("*.json")):
        try:
            yield path, cases.read(path)
        except CaseError:
            continue


def _is_about(case: Case, subject: Subject) -> bool:
    if case.role.name is not subject.role:
        return False
    if subject.command is not None:
        return case.words == subject.command.words
    return case.words is None and (case.host, case.port) == (subject.host, subject.port)


def passed(path: Path, runs: int) -> str:
    """Say of a known case that it did not fail."""
    times = f"{runs} run{'s' if runs != 1 else ''}"
    return (
        f"the known case {path} did not fail in {times}; anechoic replay says whether it is fixed"
    )
