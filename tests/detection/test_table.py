"""The detection table: what it says, and that docs/detection.md is the page it makes."""

from pathlib import Path

import pytest

from properties.client.role import CLIENT
from properties.running.plan import EXAMPLES_A_PART
from properties.server.role import SERVER
from tests.detection.report import found_only_by, page
from tests.detection.rows import Acquittal, Results, Row, load, save
from tests.detection.table import PROGRAMS, ROWS, rendered
from tests.mutants.catalogue import CLIENT_MUTANTS, FIRST_SEED, MUTANTS, Mutant, Variant

AGAIN = "run python -m tests.detection.table {}"

ONCE = Row("reap_once", "disconnect_burst", ("no_zombies",), 2, 0.6, 35, 2, 12, 12)
SHY = Row("reap_five", "disconnect_burst", ("clean_eof", "no_zombies"), 9, 3.04, 40, 7, 5, 12)
LOST = Row("idle_timeout", None, (), 160, 40.0)
CLEARED = Acquittal("threads", 104, ())
MADE = load(ROWS)

SOON = 3 * EXAMPLES_A_PART
"""Workloads: what depends on a race shows in one of the first parts, not always the very first."""


def mutant(name: str, invariant: str = "no_zombies", fault: str = "disconnect_burst") -> Mutant:
    return Mutant(name, Path(f"{name}.c"), "a mistake (UNP 5.10)", invariant, fault, FIRST_SEED)


def page_of(*rows: Row) -> str:
    named = {row.name: row for row in rows}
    return page([mutant(name) for name in named], [], Results(named))


def line_of(name: str, text: str) -> str:
    (line,) = (line for line in text.splitlines() if line.startswith(f"| `{name}.c`"))
    return line


def test_a_row_says_where_it_was_found_and_how_soon_and_how_small_it_got() -> None:
    assert line_of("reap_once", page_of(ONCE)) == (
        "| `reap_once.c` | a mistake (UNP 5.10) | disconnect_burst | **no_zombies** | 2 | 0.6 "
        "| 35 → 2 |  |  |  |"
    )


def test_the_invariant_that_names_the_mistake_is_marked_among_those_that_failed() -> None:
    assert "| clean_eof, **no_zombies** |" in line_of("reap_five", page_of(SHY))


def test_a_case_that_does_not_fail_each_time_has_its_rate() -> None:
    assert line_of("reap_five", page_of(SHY)).endswith("| 40 → 7, 5 of 12 |  |  |  |")


def test_mutants_stand_under_their_kind_of_mistake() -> None:
    text = page_of(ONCE)
    assert text.index("## Reaping") < text.index("`reap_once.c`")
    assert "## Bytes" not in text


def test_found_mutants_stand_under_their_moment_beside_what_looks_similar() -> None:
    found = Row("stop_late", "stops", ("clean_stop",), 2, 0.6, 35, 2, 12, 12)
    variant = Variant("stops_gracefully", Path("stops_gracefully.py"), "it says so (UNP 5.16)")
    rows = Results({found.name: found})
    text = page([mutant("stop_late", "clean_stop", "stops")], [variant], rows)
    assert "| it is told to stop | `stop_late` |  | `stops_gracefully` |\n" in text


def test_without_a_mutant_of_a_moment_there_is_no_table_of_them() -> None:
    assert "## By moment" not in page_of(ONCE)


def test_what_was_not_found_is_said_and_not_counted() -> None:
    text = page_of(ONCE, LOST)
    assert "1 of the 2 mutants" in text
    assert text.index("## Not found") < text.index("`idle_timeout.c`")


def test_only_what_no_other_invariant_found_counts_as_found_only_by_one() -> None:
    assert found_only_by("no_zombies", [ONCE, SHY, LOST]) == ["reap_once"]


def test_what_a_correct_server_is_accused_of_is_said() -> None:
    variant = Variant("threads", Path("threads.c"), "threads (UNP 26.4)")
    accused = Acquittal("threads", 104, ("freeze x no_spin: it spins",))
    for acquittal, said in ((CLEARED, "nothing"), (accused, "freeze x no_spin: it spins")):
        text = page([], [variant], Results({}, {"threads": acquittal}))
        assert f"| `threads.c` | threads (UNP 26.4) | 104 | {said} |\n" in text


def test_no_correct_server_was_accused() -> None:
    assert [a.name for a in MADE.variants.values() if a.wrongly] == []


def test_what_its_library_does_wrong_is_said_and_is_no_accusation() -> None:
    spins = Acquittal("asyncio_streams", 98, ("scarce_descriptors x no_spin: 1.0 s used",))
    assert spins.wrongly == ()
    assert "rightly: asyncio tries" in spins.rightly[0]
    other = Acquittal("asyncio_streams", 98, ("freeze x no_spin: 1.0 s used",))
    assert (other.wrongly, other.rightly) == (other.accused, ())


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    results = Results({row.name: row for row in (ONCE, SHY, LOST)}, {CLEARED.name: CLEARED})
    save(results, tmp_path / "rows.json")
    assert load(tmp_path / "rows.json") == results


def test_the_pages_are_made_from_the_rows() -> None:
    for path, text in rendered(MADE).items():
        assert path.read_text(encoding="utf-8") == text, AGAIN.format("MUTANT")


def test_every_program_that_a_workload_can_judge_has_a_row() -> None:
    missing = PROGRAMS.keys() - MADE.mutants.keys() - MADE.variants.keys()
    assert not missing, AGAIN.format(" ".join(sorted(missing)))


@pytest.mark.parametrize(
    ("mutants", "invariant"),
    [
        (mutants, invariant.id)
        for mutants, role in ((MUTANTS, SERVER), (CLIENT_MUTANTS, CLIENT))
        for invariant in role.invariants
    ],
)
def test_every_invariant_catches_a_mutant_that_would_pass_without_it(
    mutants: tuple[Mutant, ...], invariant: str
) -> None:
    rows = MADE.mutants
    named = [rows[m.name] for m in mutants if m.invariant == invariant and m.name in rows]
    assert found_only_by(invariant, named) != []


def test_a_seed_of_its_own_shows_a_mutant_soon() -> None:
    rows = MADE.mutants
    late = {
        m.name: rows[m.name].workloads
        for m in MUTANTS
        if m.seed != FIRST_SEED and m.name in rows and rows[m.name].workloads > SOON
    }
    assert late == {}
