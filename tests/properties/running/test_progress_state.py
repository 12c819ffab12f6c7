"""How far a run is, whichever process reports it and in which order."""

from dataclasses import replace

import pytest

from properties.client.families import CLIENT_FAMILIES
from properties.model.levels import Level
from properties.model.verdict import Outcome
from properties.reports.layout import WIDTH
from properties.reports.live_grid import NAME, filling, in_words, time_left
from properties.reports.terminal import Terminal
from properties.running.progress.parts import PartProgress
from properties.running.progress.state import ProgressState
from properties.running.run import Run
from properties.server.families import CONTROL, FAMILIES
from properties.server.invariants.registry import INVARIANTS
from tests.properties.running.test_run import run, violating

FIRST = "control-0"
SECOND = "control-1"


def at_first() -> ProgressState:
    """Return the state of a run in which no part has ended."""
    return ProgressState(run())


def underway(workloads: int, part: str = FIRST, worker: str = "") -> PartProgress:
    return PartProgress(part, "control", workloads, worker=worker)


def test_at_first_everything_is_to_come() -> None:
    now = at_first().snapshot()
    assert now.done.total() == now.parts_done == now.workloads == 0
    # Drawn, swept, and one before each of three follow-ups.
    assert now.planned["control"] == CONTROL.examples + len(CONTROL.sweep) + 3
    assert now.left is None


def test_every_family_has_room_for_its_name_in_the_grid_that_fills() -> None:
    assert max(len(family.name) for family in (*FAMILIES, *CLIENT_FAMILIES)) < NAME


def test_the_workloads_of_a_part_count_while_it_runs() -> None:
    one = at_first()
    one.progressed(underway(3))
    one.progressed(underway(5))
    assert (one.snapshot().done["control"], one.snapshot().workloads) == (5, 5)


def test_each_worker_has_a_part() -> None:
    one = at_first()
    one.progressed(underway(3, FIRST, "gw0"))
    one.progressed(underway(4, SECOND, "gw1"))
    assert one.snapshot().done["control"] == 7


def test_workloads_of_shrinking_are_not_among_those_that_were_planned() -> None:
    one = at_first()
    one.progressed(underway(300))
    assert (one.snapshot().done["control"], one.snapshot().workloads) == (8, 300)


def test_a_plan_that_grows_has_more_to_come() -> None:
    made = run()
    one = ProgressState(made)
    before = one.snapshot()
    made.parts += (replace(made.parts[0], id="more", workloads=7),)
    one.note_the_plan()
    now = one.snapshot()
    assert (now.parts, now.planned.total()) == (before.parts + 1, before.planned.total() + 7)


def test_a_part_that_ends_early_is_done() -> None:
    one = at_first()
    one.progressed(underway(2))
    one.part_is_over(FIRST)
    assert one.snapshot().done["control"] == 8
    assert one.snapshot().underway == ()


def test_what_is_heard_of_a_part_after_its_end_is_old() -> None:
    one = at_first()
    one.part_is_over(FIRST)
    one.progressed(underway(2))
    assert one.snapshot().underway == ()


def test_a_family_is_over_with_the_last_of_its_parts() -> None:
    one = at_first()
    *most, last = [part.id for part in one.run.parts if part.family is CONTROL]
    for part in most:
        one.part_is_over(part)
    assert not one.is_over("control")
    one.part_is_over(last)
    assert one.is_over("control")


@pytest.mark.parametrize(
    ("left", "words"),
    [(None, ""), (0.4, ", about 0 s left"), (61.0, ", about 1 min 1 s left")],
)
def test_the_time_left_is_told_in_minutes_and_seconds(left: float | None, words: str) -> None:
    assert time_left(replace(at_first().snapshot(), left=left)) == words


def test_the_rate_counts_all_workloads() -> None:
    now = replace(at_first().snapshot(), workloads=30, elapsed=2.0)
    assert "15.0 a second" in in_words(now)


def drawn(made: Run, one: ProgressState) -> list[str]:
    return list(filling(made, one.snapshot(), Terminal.nowhere()))


def test_weak_violations_have_letters_of_their_own_and_are_not_named_beside_the_row() -> None:
    made = violating(Level.SHOULD, Level.MAY, Level.MUST)
    row = drawn(made, ProgressState(made))[1]
    assert row.endswith(f"+wnF---------  {INVARIANTS[3].id}")


def test_of_a_part_that_goes_on_only_what_fails_the_run_is_named() -> None:
    made = run(Outcome.PASS)
    state = ProgressState(made)
    both = ("no_spin", "isolation")
    state.progressed(PartProgress(FIRST, "freeze", 3, both, levels=("may", "must")))
    row = next(line for line in drawn(made, state) if line.startswith("freeze"))
    assert "isolation" in row
    assert "no_spin" not in row


def test_the_grid_fills_from_left_to_right_and_fits() -> None:
    made = run(Outcome.PASS, Outcome.FAIL, Outcome.KNOWN, Outcome.INCONCLUSIVE)
    one = ProgressState(made)
    one.part_is_over(FIRST)
    lines = drawn(made, one)
    assert lines[1] == "control               #---------------    8/75     +Fk?---------  clean_eof"
    assert lines[2] == "freeze                ----------------    0/10     ............."
    assert max(map(len, lines)) < WIDTH


def test_what_a_worker_has_found_is_shown_before_its_part_is_over() -> None:
    made = run()
    one = ProgressState(made)
    one.progressed(
        PartProgress(FIRST, "control", 1, ("isolation",), "smallest case of isolation", "gw3")
    )
    lines = drawn(made, one)
    assert lines[1].endswith(".............  isolation")
    assert lines[-1] == "gw3: control, smallest case of isolation"


def test_a_row_with_everything_violated_fits() -> None:
    made = run()
    every = tuple(invariant.id for invariant in made.invariants)
    one = ProgressState(made)
    one.progressed(PartProgress(FIRST, "control", 1, every, "x" * 200, "gw3"))
    assert max(map(len, drawn(made, one))) <= WIDTH
