"""A choice whose violation another part shrinks: whether it shows each time is seen as well."""

import pytest

from properties.model.history import History
from properties.model.levels import Level
from properties.model.steps import Workload
from properties.model.sweep import Choice
from properties.model.trial import Trial
from properties.running.run import Run
from properties.search.exploration import Exploration
from properties.search.seen_again import RUNS
from properties.server.steps import Open, Reset
from tests.properties.running.test_settings import settings
from tests.properties.search.made_up import exploration, trial
from tests.properties.server.histories import history, opened

RESETS = Choice("ends", "RST", (Open(1), Reset(1)), 1)
SURE, LUCKY = [True] * RUNS, [True, *[False] * RUNS]


def known_elsewhere(
    shows: list[bool], seen: History | None = None
) -> tuple[Exploration, list[Workload]]:
    """Return a part whose runs show the same or not, in turn; another part has shrunk it."""
    left, runs = iter(shows), list[Workload]()

    def run(workload: Workload) -> Trial:
        runs.append(workload)
        return trial(workload, *["no_zombies"] * next(left), seen=seen)

    part = exploration(run)
    part.harness.learnt.shrunk["no_zombies"] = Level.MUST
    return part, runs


@pytest.mark.parametrize(("shows", "by_luck"), [(SURE, []), (LUCKY, ["no_zombies"])])
def test_it_is_seen_whether_it_shows_each_time(shows: list[bool], by_luck: list[str]) -> None:
    part, runs = known_elsewhere(shows)
    findings = part.sweep([RESETS])
    assert findings.by_luck == by_luck
    assert findings.workloads == len(runs) == RUNS
    assert findings.cells["no_zombies"].judged == 1
    assert findings.shrunk() == []


def test_one_choice_that_shows_it_each_time_is_enough() -> None:
    part, _ = known_elsewhere([*LUCKY[:RUNS], *SURE, *LUCKY])
    assert part.sweep([RESETS, RESETS, RESETS]).by_luck == []


def test_where_a_run_takes_long_there_is_one() -> None:
    part, runs = known_elsewhere([True], history(*map(opened, (1, 2, 3))))
    # Each event comes a second after the one before.
    assert part.sweep([RESETS]).by_luck == []
    assert len(runs) == 1


def test_what_shows_each_time_is_not_looked_at_again() -> None:
    part, runs = known_elsewhere([True] * (RUNS + 1))
    part.sweep([RESETS, RESETS])
    assert len(runs) == RUNS + 1


@pytest.mark.parametrize(("shows", "is_swept"), [(SURE, True), (LUCKY, False)])
def test_what_a_choice_shows_by_luck_is_not_what_the_choices_show(
    shows: list[bool], *, is_swept: bool
) -> None:
    part, _ = known_elsewhere(shows)
    run = Run(settings(server="./mine {port}"), ())
    run.add(part.sweep([RESETS]))
    assert bool(run.swept_violations) == is_swept
