"""Lines that fit: nothing is wider than its room, and what matters is what is kept."""

import pytest

from properties.reports.layout import columns_of, cut, listed, shortened, wrapped

WIDE = "漢字かな"


def test_a_wide_character_takes_two_columns() -> None:
    assert columns_of("ab") == 2
    assert columns_of(WIDE) == 8


@pytest.mark.parametrize("room", range(12))
@pytest.mark.parametrize("words", ["", "short", "far too many words", WIDE * 3])
def test_what_is_cut_fits(words: str, room: int) -> None:
    assert columns_of(cut(words, room)) <= room


def test_what_fits_is_not_cut() -> None:
    assert cut("four", 4) == "four"
    assert cut("fours", 4) == " ..."


def test_the_name_of_a_program_is_kept_before_its_folders() -> None:
    command = "/opt/a/long/way/down/server --port {port}"
    assert shortened(command, 41) == command
    assert shortened(command, 30) == ".../server --port {port}"
    assert shortened(command, 16) == ".../server - ..."


def test_names_that_have_no_room_are_counted() -> None:
    names = ["no_zombies", "exact_echo", "isolation"]
    assert listed(names, 33) == "no_zombies, exact_echo, isolation"
    assert listed(names, 32) == "no_zombies and 2 more"
    assert listed(names, 25) == "no_zombies and 2 more"
    assert listed(names, 12) == "3 violated"
    assert listed([], 12) == ""


@pytest.mark.parametrize("width", [20, 60, 80, 100, 120])
def test_wrapped_lines_fit_and_keep_every_word(width: int) -> None:
    words = f"one two {WIDE * 30} {'x' * 300} end"
    lines = wrapped("  label  ", words, width)
    assert max(map(columns_of, lines)) <= min(width, 100)
    assert "".join("".join(lines).split()) == "label" + "".join(words.split())


def test_options_are_not_broken_at_their_hyphens() -> None:
    assert wrapped("", "x" * 15 + " --max-examples", 20, below=2)[1].strip() == "--max-examples"
