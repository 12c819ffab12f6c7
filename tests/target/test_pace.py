"""How long a wait lasts that is neither met nor certain to be in vain."""

import pytest

from target.pace import AFTER_ONE_IN_VAIN, IN_A_HURRY, TIMES_AS_LONG, TRIALS, Haste, Pace

GIVEN = 10.0


@pytest.mark.parametrize("haste", [Haste.NONE, Haste.CAREFUL])
def test_without_a_hurry_it_is_the_patience_of_the_user(haste: Haste) -> None:
    assert Pace(haste).patience(GIVEN) == GIVEN


def test_in_a_hurry_it_follows_from_the_longest_wait_that_was_met() -> None:
    pace = Pace(Haste.HURRIED)
    assert pace.patience(GIVEN) == IN_A_HURRY
    pace.met(1.0)
    pace.met(0.1)
    assert pace.patience(GIVEN) == TIMES_AS_LONG


def test_it_is_never_longer_than_the_patience() -> None:
    pace = Pace(Haste.HURRIED)
    pace.met(9.0)
    assert pace.patience(GIVEN) == GIVEN
    assert pace.patience(0.5) == 0.5


def test_after_one_wait_in_vain_the_others_of_its_trial_are_shorter() -> None:
    pace = Pace()
    pace.begin_trial()
    pace.in_vain = True
    assert pace.patience(GIVEN) == AFTER_ONE_IN_VAIN
    pace.begin_trial()
    assert pace.patience(GIVEN) == GIVEN


def test_after_waits_in_vain_in_several_trials_the_others_are_shorter_but_with_care() -> None:
    pace = Pace()
    for _ in range(TRIALS):
        pace.begin_trial()
        assert pace.patience(GIVEN) == GIVEN
        pace.was_in_vain(lasted=True)
        pace.was_in_vain(lasted=True)
    pace.begin_trial()
    assert pace.patience(GIVEN) == AFTER_ONE_IN_VAIN
    pace.met(GIVEN / 5)
    assert pace.patience(GIVEN) == TIMES_AS_LONG * GIVEN / 5
    pace.haste = Haste.CAREFUL
    assert pace.patience(GIVEN) == GIVEN


def test_a_wait_that_is_taken_back_shortens_no_other() -> None:
    pace = Pace()
    for _ in range(TRIALS):
        pace.begin_trial()
        pace.was_in_vain(lasted=True)
        pace.take_back(was_in_vain=False)
        assert pace.patience(GIVEN) == GIVEN
    pace.begin_trial()
    assert pace.patience(GIVEN) == GIVEN


def test_what_was_in_vain_before_it_stays_so() -> None:
    pace = Pace()
    pace.begin_trial()
    pace.was_in_vain(lasted=True)
    pace.take_back(was_in_vain=True)
    assert pace.in_vain
    assert pace.lasted == {pace.trials}
