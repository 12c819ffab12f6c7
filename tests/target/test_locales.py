"""What a target says of errors is read in English, whatever the language of the user."""

import pytest

from target.command import Command
from target.locales import with_english_messages
from target.surroundings import Surroundings

GERMAN = "de_DE.UTF-8"


@pytest.mark.parametrize(
    "environment",
    [{}, {"LANG": "C.UTF-8"}, {"LC_ALL": "POSIX", "LANG": GERMAN}, {"LANG": "en_GB.UTF-8"}],
)
def test_what_is_english_already_is_left_alone(environment: dict[str, str]) -> None:
    assert with_english_messages(environment) == environment


@pytest.mark.parametrize("environment", [{"LANG": GERMAN}, {"LANG": "C", "LC_MESSAGES": GERMAN}])
def test_the_language_of_messages_alone_is_changed(environment: dict[str, str]) -> None:
    assert with_english_messages(environment) == {**environment, "LC_MESSAGES": "C"}


def test_what_else_was_set_at_once_stays_as_it_was() -> None:
    assert with_english_messages({"LC_ALL": GERMAN, "LANG": "C", "HOME": "/"}) == {
        "LANG": "C",
        "HOME": "/",
        "LC_CTYPE": GERMAN,
        "LC_NUMERIC": GERMAN,
        "LC_TIME": GERMAN,
        "LC_COLLATE": GERMAN,
        "LC_MONETARY": GERMAN,
        "LC_MESSAGES": "C",
    }


def test_no_list_of_languages_comes_before_it() -> None:
    assert with_english_messages({"LANG": "en_US.UTF-8", "LANGUAGE": "de:fr"}) == {
        "LANG": "en_US.UTF-8"
    }


def test_a_target_gets_it_and_what_is_asked_for_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", GERMAN)
    assert Command(("true",)).environment()["LC_MESSAGES"] == "C"
    asked = Surroundings(variables=(("LC_ALL", GERMAN),))
    assert Command(("true",), asked).environment()["LC_ALL"] == GERMAN
