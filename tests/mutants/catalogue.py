"""The known-bad echo servers and clients (mutants), and the unusual but correct ones (variants).

What a program is stands in the comment lines at its top; this module only reads them. A mutant has
three lines (mistake, invariant, fault), and more where the first workloads of seed 1 do not show
it: a seed that does, how many clients at once are enough, or how many workloads it takes. A variant
has one (correct).
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from faults import registry as faults
from properties.client.invariants import registry as client_registry
from properties.model.target_spec import RoleName
from properties.server.invariants import registry
from tests.compiled import compiled

MUTANTS_FOLDER: Final = Path(__file__).parent
VARIANTS_FOLDER: Final = MUTANTS_FOLDER.parent / "variants"
CLIENT_MUTANTS_FOLDER: Final = MUTANTS_FOLDER.parent / "client_mutants"
CLIENT_VARIANTS_FOLDER: Final = MUTANTS_FOLDER.parent / "client_variants"
TOP: Final = MUTANTS_FOLDER.parents[1]
"""Where Python finds what the programs have in common."""

INVARIANTS: Final = tuple(one.id for one in registry.INVARIANTS)
CLIENT_INVARIANTS: Final = tuple(one.id for one in client_registry.CLIENT_INVARIANTS)
FAULTS: Final = ("control", *(fault.name for fault in faults.FAULTS), "mixed")
CLIENT_FAULTS: Final = ("control", *(fault.name for fault in faults.CLIENT_FAULTS), "mixed")
"""What a header may name: an invariant of its role, and a family of workloads."""

KINDS: Final = {
    "Reaping": ("reap",),
    "Interrupted calls": ("eintr", "errno"),
    "Errors of accept() and fork()": ("accept", "fork", "getpeername", "getsockopt"),
    "Descriptors": ("fd", "closes"),
    "Short writes": ("short",),
    "Bytes": ("bytes", "rare"),
    "End of file": ("eof", "stray"),
    "Service": (
        "blocked",
        "crosstalk",
        "idle",
        "isolation",
        "limit",
        "pipe",
        "serves",
        "starves",
        "turns",
    ),
    "Death": ("dies", "kills"),
    "Spinning": ("spin",),
    "Orders": ("order",),
    "Start": ("start",),
    "Memory": ("memory",),
    "Restart": ("restart",),
    "Stop": ("stop",),
}
"""Kinds of mistakes, for the reader, and the words with which the names of their mutants begin."""

CLIENT_KINDS: Final = {
    "Lines and echoes": (
        "bytes",
        "prints",
        "short",
        "deadlock",
        "eagain",
        "echoes",
        "edge",
        "fgets",
    ),
    "End of the input": ("input",),
    "End of file": ("eof", "idle"),
    "Resets": ("reset",),
    "Exit status": ("exit",),
    "Standard output": ("output",),
    "Descriptors": ("left",),
    "Death": ("dies",),
    "Connecting": ("connect",),
    "A server out of reach": ("lost",),
    "Interrupted calls": ("eintr", "freeze"),
    "Spinning": ("spin",),
}

KINDS_OF: Final = {RoleName.SERVER: KINDS, RoleName.CLIENT: CLIENT_KINDS}

MISTAKE: Final = ("mistake", "invariant", "fault")
HINTS: Final = ("seed", "connections", "examples", "directory")
FIRST_SEED: Final = 1

# These stand beside the programs and are none.
NOT_PROGRAMS: Final = frozenset(
    {
        "catalogue.py",
        "test_catalogue.py",
        "conftest.py",
        "__init__.py",
        "unp.py",
        "loop.py",
        "pool.py",
        "select_loop.py",
        "streams.py",
        "unpcli.py",
        "asyncio_talk.py",
    }
)

COMPILE: Final = ("cc", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread")


class HeaderError(Exception):
    """A program whose first lines do not say what it is."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A server, or a client, that is wrong in one way."""

    name: str
    path: Path
    mistake: str
    invariant: str
    """The invariant that names the mistake; others may fail as well."""
    fault: str
    """The family of workloads in which the mistake is expected to show."""
    seed: int = FIRST_SEED
    """The seed whose workloads of that family show it soon."""
    connections: int | None = None
    """Clients at once, no more than which show it soon; None for as many as usual."""
    role: RoleName = RoleName.SERVER
    examples: int | None = None
    """Workloads of a family in which a mistake shows that does so by chance; None for as usual."""
    """1 where a finite choice of that family shows it, and no workload that is drawn."""

    directory: int = 0
    """1 where it is started with a directory of its own."""

    @property
    def kind(self) -> str:
        """The kind of mistake. Raises KeyError when the name begins with an unknown word."""
        kinds = KINDS_OF[self.role]
        return {word: kind for kind, words in kinds.items() for word in words}[
            self.path.stem.partition("_")[0]
        ]


@dataclass(frozen=True, slots=True)
class Variant:
    """A server, or a client, that looks unusual and is right."""

    name: str
    path: Path
    correct: str
    """What is unusual, and why it is right."""
    role: RoleName = RoleName.SERVER
    directory: int = 0
    """1 where it is started with a directory of its own."""


def header(path: Path, keys: tuple[str, ...]) -> list[str]:
    """Read the comment lines at the top of a program; their values, in the order of `keys`."""
    values = []
    lines = path.read_text(encoding="utf-8").splitlines()
    for key, line in zip(keys, lines, strict=False):
        found, separator, value = line.removeprefix("//").removeprefix("#").partition(":")
        if found.strip() != key or not separator or not value.strip():
            raise HeaderError(f"{path.name}: expected '{key}: ...' and found {line!r}")
        values.append(value.strip())
    if len(values) < len(keys):
        raise HeaderError(f"{path.name}: its header ends after {len(values)} lines")
    return values


def hints(path: Path, after: int = len(MISTAKE)) -> dict[str, int]:
    """Read the hints, which stand after the lines that every mutant has, or every variant."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines()[after:]:
        key, separator, value = line.removeprefix("//").removeprefix("#").partition(":")
        if not separator or key.strip() not in HINTS:
            break
        found[key.strip()] = int(value)
    return found


def programs(folder: Path) -> list[Path]:
    """List the sources in a folder, in the order of their names."""
    sources = [*folder.glob("*.c"), *folder.glob("*.py")]
    return sorted(source for source in sources if source.name not in NOT_PROGRAMS)


def named(path: Path, role: RoleName) -> str:
    """Give a program its name: a client may be called as a server is."""
    return path.stem if role is RoleName.SERVER else f"client-{path.stem}"


def read_mutant(path: Path, role: RoleName = RoleName.SERVER) -> Mutant:
    """Read the mutant in one file."""
    mistake, invariant, fault = header(path, MISTAKE)
    found = hints(path)
    return Mutant(named(path, role), path, mistake, invariant, fault, role=role, **found)


def read_variant(path: Path, role: RoleName = RoleName.SERVER) -> Variant:
    """Read the variant in one file."""
    (correct,) = header(path, ("correct",))
    directory = hints(path, 1).get("directory", 0)
    return Variant(named(path, role), path, correct, role, directory)


MUTANTS: Final = tuple(read_mutant(path) for path in programs(MUTANTS_FOLDER))
VARIANTS: Final = tuple(read_variant(path) for path in programs(VARIANTS_FOLDER))
CLIENT_MUTANTS: Final = tuple(
    read_mutant(path, RoleName.CLIENT) for path in programs(CLIENT_MUTANTS_FOLDER)
)
CLIENT_VARIANTS: Final = tuple(
    read_variant(path, RoleName.CLIENT) for path in programs(CLIENT_VARIANTS_FOLDER)
)

PLACES: Final = {RoleName.SERVER: ("{port}",), RoleName.CLIENT: ("{host}", "{port}")}
"""The arguments that a program of each role is started with."""


def build(program: Mutant | Variant) -> tuple[str, ...]:
    """Return the command that starts a program, compiled where it is in C, with its places open."""
    directory = ("{dir}",) if program.directory else ()
    places = (*PLACES[program.role], *directory)
    if program.path.suffix == ".py":
        return ("env", f"PYTHONPATH={TOP}", sys.executable, str(program.path), *places)
    return (str(compiled(program.path, COMPILE, program.name)), *places)
