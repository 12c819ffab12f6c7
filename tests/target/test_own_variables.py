"""What anechoic sets in the environment for itself is not seen by what it starts."""

import os

import pytest

from target.command import Command
from target.own_variables import of_the_user, set_own


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())


def test_a_command_does_not_get_what_we_set_for_ourselves() -> None:
    before = of_the_user()
    set_own("ANECHOIC_TEST_ONE", "1")
    set_own("ANECHOIC_TEST_TWO", "2")
    assert os.environ["ANECHOIC_TEST_ONE"] == "1"
    assert of_the_user() == before
    assert Command(("true",)).environment() == before


def test_what_the_user_has_set_is_left_and_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANECHOIC_TEST_ONE", "theirs")
    set_own("ANECHOIC_TEST_ONE", "ours")
    assert of_the_user()["ANECHOIC_TEST_ONE"] == "theirs"
