"""The detection table as a page for readers, from rows that were made by running the mutants."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from properties.model.target_spec import RoleName
from properties.roles import ROLES
from properties.running.plan import EXAMPLES_A_PART
from tests.detection.moments import LANGUAGES, MOMENTS
from tests.detection.rows import (
    EXAMPLES_OF_EACH_FAMILY,
    Acquittal,
    Results,
    Row,
    is_looked_for,
)
from tests.detection.timings import MANNERS, Timings
from tests.mutants.catalogue import KINDS_OF, Mutant, Variant

INTRODUCTION = """\
# What anechoic detects

A tester is worth what it finds. `tests/mutants/` has {count} echo servers, in C and in Python, with
processes, threads and event loops, each of them wrong in one way. This page says what became of
them. It is made by running them:

```console
$ python -m tests.detection.table --jobs 2              # all of them
$ python -m tests.detection.table --jobs 2 reap_once    # these again, the rest stays
```

**{found} of the {sought} mutants whose mistake a workload can show were found.** A mutant counts
as found when the invariant that names its mistake fails. The finite choices of the fault family
that the mutant names are tried first; then workloads are drawn from it, {each} at a time, and from
the mixed one, until it does. The seed is fixed: only the seconds, and what a race shows, differ
from run to run. What else is violated was looked for with {few} workloads of every family; not so
for a mutant that spins, because each client of theirs would leave a thread that computes.
"""

CLIENTS = """\
# What anechoic detects in clients

`tests/client_mutants/` has {count} echo clients, in C and in Python, each of them wrong in one way.
This page says what became of them. It is made by running them, together with that of the servers
([detection.md](detection.md)):

```console
$ python -m tests.detection.table --jobs 2 client-idle_fgets    # one of them again
```

**{found} of the {sought} mutants were found.** A mutant counts as found when the invariant that
names its mistake fails. Workloads are drawn from the fault family that the mutant names, {each} at
a time, then from the mixed one, until it does, with a fixed seed. What else is violated was looked
for with {few} workloads of every family; not so for a mutant that spins.
"""

INTRODUCTIONS = {RoleName.SERVER: INTRODUCTION, RoleName.CLIENT: CLIENTS}

LEGEND = """\
- *found in*: the fault family whose workload showed it first, and how many clients at once it was
  given, where that is not as usual (`--max-connections`)
- *violated*: the invariants that failed; the one that names the mistake is bold
- *workloads*, *seconds*: until it failed for the first time
- *steps*: of the first workload that failed, and of the smallest; and, where that does not fail
  each time, how often it failed
- *plain*, *alarm*, *waking*: seconds from the start of `anechoic check`, all families included, to
  the smallest case; of the program as it is, with a handler of SIGALRM that never runs, and with a
  thread that wakes every half second (`python -m benchmarks.time_to_verdict --write`)
"""

SUMMARY = """\
## By invariant

*Only* counts the mutants that no other invariant would have found: without it they would pass.
"""

BY_MOMENT = """\
## By moment and state

What a plain exchange does not show: mutants in both languages, and correct {role}s beside them.
"""

CORRECT = """\
## Correct {role}s

`tests/{folder}/` has {role}s that look unusual and are right. None of them may be accused, unless
of what its library does wrong.
"""

TO_COME = """\
## Invariants still to come

The invariants that name these are not there yet.
"""

MISSED = """\
## Not found

The named invariant held in every workload that was tried. A server that cuts off silent clients is
seen only by a workload that is silent for long enough on purpose; in others it depends on luck.
"""

FOLDERS = {RoleName.SERVER: "variants", RoleName.CLIENT: "client_variants"}

NOT_TIMED = Timings()

HEAD = ("mutant", "mistake", "found in", "violated", "workloads", "seconds", "steps", *MANNERS)


def page(
    mutants: Iterable[Mutant],
    variants: Sequence[Variant],
    results: Results,
    role: RoleName = RoleName.SERVER,
    timings: Timings = NOT_TIMED,
) -> str:
    """Write the page about these programs, which are all of one role."""
    all_of_them, rows = list(mutants), results.mutants
    sought = [m for m in all_of_them if is_looked_for(m) and m.name in rows]
    found = [m for m in sought if rows[m.name].is_found]
    introduction = INTRODUCTIONS[role].format(
        count=len(all_of_them),
        found=len(found),
        sought=len(sought),
        each=EXAMPLES_A_PART,
        few=EXAMPLES_OF_EACH_FAMILY,
    )
    sections = [
        introduction,
        LEGEND,
        *_spreads(timings, found),
        *_groups(found, rows, role, timings),
        SUMMARY,
        _summary(found, rows, role),
        *_moments(found, variants, role),
        *_listed(MISSED, [m for m in sought if m not in found]),
        *_listed(TO_COME, [m for m in all_of_them if not is_looked_for(m)]),
        CORRECT.format(role=role.value, folder=FOLDERS[role]),
        _acquittals(variants, results.variants),
    ]
    return "\n".join(sections)


def found_only_by(invariant: str, rows: Iterable[Row]) -> list[str]:
    """Name the mutants in which nothing but this invariant failed."""
    return [row.name for row in rows if row.violated == (invariant,)]


def _spreads(timings: Timings, found: list[Mutant]) -> Iterator[str]:
    if lines := timings.spreads([mutant.name for mutant in found]):
        yield _table(("whole command", "measured", "median", "90 % within", "longest"), lines)


def _groups(
    found: list[Mutant], rows: Mapping[str, Row], role: RoleName, timings: Timings
) -> Iterator[str]:
    for kind in KINDS_OF[role]:
        mutants = [mutant for mutant in found if mutant.kind == kind]
        lines = [(*_line(one, rows[one.name]), *timings.cells_of(one.name)) for one in mutants]
        if lines:
            yield f"## {kind}\n"
            yield _table(HEAD, lines)


def _line(mutant: Mutant, row: Row) -> tuple[str, ...]:
    violated = (f"**{n}**" if n == mutant.invariant else n for n in row.violated)
    rate = f", {row.failed} of {row.times}" if row.failed < row.times else ""
    return (
        f"`{mutant.path.name}`",
        mutant.mistake.replace("|", "\\|"),
        str(row.family) + (f", {mutant.connections} clients" if mutant.connections else ""),
        ", ".join(violated),
        str(row.workloads),
        f"{row.seconds:.1f}",
        f"{row.first_steps} → {row.steps}{rate}",
    )


def _summary(found: list[Mutant], rows: Mapping[str, Row], role: RoleName) -> str:
    mine = [rows[mutant.name] for mutant in found]
    lines = []
    for invariant in ROLES[role].invariants:
        names = [mutant.name for mutant in found if mutant.invariant == invariant.id]
        failed = sum(invariant.id in row.violated for row in mine)
        only = found_only_by(invariant.id, mine)
        examples = ", ".join(f"`{name}`" for name in only[:3])
        lines.append((invariant.id, str(len(names)), str(failed), str(len(only)), examples))
    return _table(("invariant", "names", "fails in", "only", "for example"), lines)


def _moments(found: Sequence[Mutant], variants: Sequence[Variant], role: RoleName) -> Iterator[str]:
    lines: list[tuple[str, ...]] = []
    for moment in (one for one in MOMENTS if one.role is role):
        of_language = (_names(moment.mutants_in(suffix, found)) for suffix in LANGUAGES)
        lines.append((moment.title, *of_language, _names(moment.variants_among(variants))))
    if any(cells[1] or cells[2] for cells in lines):
        yield BY_MOMENT.format(role=role.value)
        yield _table(("moment or state", "in C", "in Python", "correct"), lines)


def _names(programs: Sequence[Mutant | Variant]) -> str:
    return ", ".join(f"`{program.path.stem}`" for program in programs)


def _acquittals(variants: Iterable[Variant], made: Mapping[str, Acquittal]) -> str:
    lines = []
    for variant in variants:
        if (acquittal := made.get(variant.name)) is not None:
            accused = "; ".join((*acquittal.wrongly, *acquittal.rightly)) or "nothing"
            name = f"`{variant.path.name}`"
            lines.append((name, variant.correct, str(acquittal.workloads), accused))
    return _table(("variant", "why it is right", "workloads", "accused of"), lines)


def _listed(introduction: str, mutants: list[Mutant]) -> Iterator[str]:
    if mutants:
        yield introduction
        lines = [(f"`{m.path.name}`", m.mistake, m.invariant) for m in mutants]
        yield _table(("mutant", "mistake", "named by"), lines)


def _table(head: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    rows = [head, tuple("---" for _ in head), *lines]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
