"""What the suite makes of one mutant: a row of the detection table, made by running it.

First the mistake is looked for as the tests do it, in the family and with the seed that the mutant
names, and brought to its smallest case. Then a few workloads of every family show what else is
violated. The rows are kept as JSON beside the table, so that some can be made again.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from properties.model.harness import Harness
from properties.model.levels import Level
from properties.model.role import Family
from properties.model.target_spec import RoleName
from properties.model.verdict import FollowUp
from properties.roles import ROLES
from properties.search.exploration import Exploration
from properties.search.findings import Failure, Findings
from properties.server.families import CONTROL
from properties.server.invariants import no_spin
from tests.detection.search import accusations, harness_of, searches
from tests.mutants.catalogue import FIRST_SEED, Mutant, Variant, build

EXAMPLES_OF_EACH_FAMILY: Final = 4
"""Workloads of every family that are tried to see what else a mutant violates."""

EXAMPLES_OF_A_VARIANT: Final = 6
"""Workloads of every family that a correct server has to stand, beside a restart in each."""


def known(role: RoleName) -> tuple[str, ...]:
    """Return the invariants of a role, in the order of their registry."""
    return tuple(invariant.id for invariant in ROLES[role].invariants)


@dataclass(frozen=True)
class Row:
    """What was found in one mutant. `family` is None where the named invariant did not fail."""

    name: str
    family: str | None
    violated: tuple[str, ...]
    """All invariants that failed, in the order of the registry."""
    workloads: int
    seconds: float
    first_steps: int = 0
    steps: int = 0
    failed: int = 0
    times: int = 0
    """Steps of the first failing workload and of the smallest; how often that failed when run."""

    @property
    def is_found(self) -> bool:
        """Whether the invariant that names the mistake failed."""
        return self.family is not None


def is_looked_for(mutant: Mutant) -> bool:
    """Tell whether workloads can show it: its invariant exists."""
    return mutant.invariant in known(mutant.role)


KNOWN_DEFECTS = {
    "asyncio_streams": (
        "scarce_descriptors x no_spin",
        "asyncio tries an accept that fails with EMFILE as often as its backlog is long, and sets "
        "a timer each time (BaseSelectorEventLoop._accept_connection, to Python 3.12)",
    ),
}
"""What a variant's library does wrong: fault and invariant, and why."""


@dataclass(frozen=True)
class Acquittal:
    """What a variant was accused of, in how many workloads. It is correct: it must be nothing.

    What its library is known to do wrong is no accusation of it.
    """

    name: str
    workloads: int
    accused: tuple[str, ...]

    @property
    def wrongly(self) -> tuple[str, ...]:
        """What it must not have been accused of."""
        known, _ = KNOWN_DEFECTS.get(self.name, ("nothing", ""))
        return tuple(one for one in self.accused if not one.startswith(known))

    @property
    def rightly(self) -> tuple[str, ...]:
        """What its library was rightly accused of, with the reason."""
        known, why = KNOWN_DEFECTS.get(self.name, ("nothing", ""))
        return (f"{known}, rightly: {why}",) if set(self.accused) > set(self.wrongly) else ()


def acquittal_of(variant: Variant) -> Acquittal:
    """Run a variant and say whether it was accused."""
    accused = accusations(build(variant), EXAMPLES_OF_A_VARIANT, variant.role)
    # After the workloads of a server's family comes a restart.
    each = EXAMPLES_OF_A_VARIANT + (variant.role is RoleName.SERVER)
    workloads = len(ROLES[variant.role].families) * each
    return Acquittal(variant.name, workloads, tuple(sorted(accused)))


def row_of(mutant: Mutant) -> Row:
    """Run a mutant and say what was found."""
    words = build(mutant)
    search = _Search(mutant, harness_of(mutant, words))
    try:
        found = search.find()
    finally:
        search.harness.close()
    # Each client of a server that spins would leave a thread that computes: that is enough.
    if no_spin.INVARIANT.id not in search.violated:
        search.violated |= _violated_anywhere(mutant, words)
    return search.row(found)


class _Search:
    """Looks for one mistake; counts until the named invariant fails for the first time."""

    def __init__(self, mutant: Mutant, harness: Harness) -> None:
        self.harness = harness
        self.violated: set[str] = set()
        self._mutant = mutant
        self._began = time.monotonic()
        self._workloads = 0
        self._seconds: float | None = None

    def find(self) -> tuple[Family, Failure] | None:
        """Return where the mistake was found, and its smallest case.

        Where that does not fail each time, the other finite choices are tried as well, as the suite
        does: one of them may be made for it.
        """
        best: tuple[Family, Failure] | None = None
        for search in searches(self._mutant, self.harness, progress=self._workload_done):
            if best is not None and (best[1].failed == best[1].times or not search.choices):
                break
            findings = search.run()
            self.violated.update(findings.failed())
            failure = findings.cells[self._mutant.invariant].failure
            if failure is not None and (best is None or failure.rank < best[1].rank):
                best = search.family, failure
        return best

    def _workload_done(self, findings: Findings) -> None:
        if self._seconds is None:
            self._workloads += 1
            if findings.cells[self._mutant.invariant].failure is not None:
                self._seconds = time.monotonic() - self._began

    def row(self, found: tuple[Family, Failure] | None) -> Row:
        """Put together what was found."""
        in_order = tuple(name for name in known(self._mutant.role) if name in self.violated)
        seconds = round(self._seconds or time.monotonic() - self._began, 1)
        if found is None:
            return Row(self._mutant.name, None, in_order, self._workloads, seconds)
        family, failure = found
        return Row(
            self._mutant.name,
            family.name,
            in_order,
            self._workloads,
            seconds,
            failure.first_steps,
            len(failure.steps),
            failure.failed,
            failure.times,
        )


def _violated_anywhere(mutant: Mutant, words: tuple[str, ...]) -> set[str]:
    """Try out a few workloads of each family, and each follow-up once."""
    harness = harness_of(mutant, words)
    # Nothing ends a part early: every workload of it is judged.
    harness.learnt.shrunk.update(dict.fromkeys(known(mutant.role), Level.MUST))
    violated: set[str] = set()
    tries: list[tuple[Family, int, FollowUp | None]] = [
        (family, EXAMPLES_OF_EACH_FAMILY, None) for family in ROLES[mutant.role].families
    ]
    if mutant.role is RoleName.SERVER:
        tries += [(CONTROL, 1, follow_up) for follow_up in FollowUp]
    try:
        for family, examples, follow_up in tries:
            exploration = Exploration(
                harness,
                ROLES[mutant.role],
                family,
                examples,
                FIRST_SEED,
                shrink=False,
                follow_up=follow_up,
            )
            violated.update(exploration.run().failed())
    finally:
        harness.close()
    return violated


@dataclass
class Results:
    """All rows that were made, by the names of their programs."""

    mutants: dict[str, Row] = field(default_factory=dict)
    variants: dict[str, Acquittal] = field(default_factory=dict)

    def add(self, result: Row | Acquittal) -> None:
        """Put in a row, in the place of an older one."""
        if isinstance(result, Row):
            self.mutants[result.name] = result
        else:
            self.variants[result.name] = result


def load(path: Path) -> Results:
    """Read the rows that were made before."""
    results = Results()
    data = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for row in data.get("mutants", ()):
        results.add(Row(**{**row, "violated": tuple(row["violated"])}))
    for row in data.get("variants", ()):
        results.add(Acquittal(**{**row, "accused": tuple(row["accused"])}))
    return results


def save(results: Results, path: Path) -> None:
    """Write the rows, one a line, in the order of their names."""
    mutants, variants = _lines(results.mutants), _lines(results.variants)
    text = f'{{"mutants": [\n{mutants}\n],\n"variants": [\n{variants}\n]}}\n'
    path.write_text(text, encoding="utf-8")


def _lines(rows: Mapping[str, Row | Acquittal]) -> str:
    return ",\n".join(json.dumps(asdict(rows[name])) for name in sorted(rows))
