"""Mistakes that were reported of real programs, each rebuilt as a small echo server or client.

The code is our own; a report is named by its repository and number. What a program is stands in the
comment lines at its top: the report, the mistake, the invariant, the fault, and `missed` with the
reason where the tester cannot see the mistake. A program has the mistake, and its twin has not: the
same source with -DFIXED, or with FIXED=1 in its environment.
"""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from properties.model.target_spec import RoleName
from target import chamber
from tests.compiled import compiled
from tests.mutants.catalogue import COMPILE, PLACES, TOP, header

FOLDER: Final = Path(__file__).parent
KEYS: Final = ("report", "mistake", "invariant", "fault")
MISSED: Final = "missed"
CLIENT: Final = "cli_"
"""With this the name of a client begins."""

INTERPRETERS: Final = {".py": sys.executable, ".js": "node", ".pl": "perl"}
IN_NAMESPACES: Final = frozenset({"cli_first_address", "cli_finds_itself"})
"""Programs whose mistake shows only in namespaces of their own."""

OWN: Final = {"catalogue", "table", "test_reports", "trying"}
"""Modules that are no programs."""


@dataclass(frozen=True, slots=True)
class Report:
    """A program with the mistake of a report."""

    path: Path
    reported: tuple[str, ...]
    """Where it was reported, each as owner/name#number."""
    mistake: str
    invariant: str
    """The invariant that names the mistake."""
    fault: str
    """The family of workloads whose swept choices show it."""
    missed: str = ""
    """Why the tester does not see it; empty where it does."""

    @property
    def name(self) -> str:
        """Its name, without the suffix."""
        return self.path.stem

    @property
    def role(self) -> RoleName:
        """Whether it is a server or a client."""
        return RoleName.CLIENT if self.name.startswith(CLIENT) else RoleName.SERVER


def read(path: Path) -> Report:
    """Read what a program says it is."""
    reported, mistake, invariant, fault = header(path, KEYS)
    line = path.read_text(encoding="utf-8").splitlines()[len(KEYS)].lstrip("/# ")
    key, _, words = line.partition(":")
    missed = words.strip() if key == MISSED else ""
    return Report(path, tuple(reported.split(", ")), mistake, invariant, fault, missed)


def programs() -> list[Path]:
    """List the programs, in the order of their names."""
    sources = [path for suffix in (".c", *INTERPRETERS) for path in FOLDER.glob(f"*{suffix}")]
    return sorted(path for path in sources if path.stem not in OWN and path.stem[0] != "_")


REPORTS: Final = tuple(read(path) for path in programs())


def is_missing(report: Report) -> str:
    """Return what a program or its fault needs and that is not there, or nothing."""
    if report.name in IN_NAMESPACES and chamber.why_not():
        return "a namespace of its own"
    needed = INTERPRETERS.get(report.path.suffix, "cc")
    return "" if shutil.which(needed) else needed


def build(report: Report, *, fixed: bool) -> tuple[str, ...]:
    """Return the command that starts a program or its twin, with its places open."""
    places = PLACES[report.role]
    if report.path.suffix == ".c":
        options = (*COMPILE, "-DFIXED") if fixed else COMPILE
        return (str(compiled(report.path, options, report.name)), *places)
    given = (f"PYTHONPATH={TOP}", *(["FIXED=1"] if fixed else []))
    return ("env", *given, INTERPRETERS[report.path.suffix], str(report.path), *places)
