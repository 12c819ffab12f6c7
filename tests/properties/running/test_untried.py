"""Parts that are not run, because what they would show is known."""

from collections.abc import Callable

from properties.model.verdict import FollowUp
from properties.running.plan import Part, PartKind, plan
from properties.running.untried import NOT_TRIED_AGAIN, untried
from tests.properties.running.test_settings import settings
from tests.properties.search.made_up import MadeUpHarness, trial

WHY = "one client alone waits in vain"


def part(fits: Callable[[Part], bool]) -> Part:
    """Return the first part of a whole run that fits."""
    return next(one for one in plan(settings()) if fits(one))


RESTART = part(lambda one: one.follow_up is FollowUp.RESTART)
DRAWN = part(lambda one: one.kind is PartKind.WORKLOADS)
SWEPT = part(lambda one: one.kind is PartKind.SWEEP)


def test_a_follow_up_that_has_failed_is_not_made_again_after_other_faults() -> None:
    harness = MadeUpHarness(trial)
    assert untried(RESTART, harness, has_control=True) is None
    harness.learnt.answered.add("clean_restart")
    found = untried(RESTART, harness, has_control=True)
    assert found is not None
    assert found.cells["clean_restart"].counts == {"not-applicable": 1}
    assert found.cells["clean_restart"].reason == NOT_TRIED_AGAIN
    assert untried(DRAWN, harness, has_control=True) is None


def test_of_a_target_that_plain_fails_nothing_is_drawn_and_the_reason_is_told() -> None:
    harness = MadeUpHarness(trial)
    harness.learnt.plain_fails = WHY
    for one in (DRAWN, RESTART):
        found = untried(one, harness, has_control=True)
        assert found is not None
        assert (found.notes, found.workloads) == ([WHY], 0)


def test_what_is_swept_is_decided_choice_by_choice() -> None:
    harness = MadeUpHarness(trial)
    harness.learnt.plain_fails = WHY
    assert untried(SWEPT, harness, has_control=True) is None


def test_without_plain_traffic_in_the_run_all_is_tried() -> None:
    harness = MadeUpHarness(trial)
    harness.learnt.plain_fails = WHY
    assert untried(DRAWN, harness, has_control=False) is None
