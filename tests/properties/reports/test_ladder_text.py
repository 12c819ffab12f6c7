"""Drawing: arrows, notes and words stand where they belong and never beyond the screen."""

import pytest

from properties.model.ladder import MOST_COLUMNS, Arrow, Column, Life, Note, Row
from properties.reports.ladder_text import BOXES, FIRST, PLAIN, Diagram, legend, most_columns, plain
from properties.reports.layout import WIDTH

ALIVE = (Life.ALIVE,) * 3
THREE = Diagram((Column("a"), Column("b"), Column("c")), PLAIN)


def drawn(row: Row, diagram: Diagram = THREE) -> list[str]:
    """Return the lines of a row from the first lifeline on."""
    return [line.text[FIRST:] for line in diagram.draw(row)]


def row(*arrows: Arrow, notes: tuple[Note, ...] = (), lives: tuple[Life, ...] = ALIVE) -> Row:
    return Row(0.0, lives, lives, arrows, notes)


def test_an_arrow_goes_from_its_start_to_its_end_and_crosses_what_lives_between() -> None:
    (line,) = drawn(row(Arrow(0, 2, "x")))
    assert (line[0], line[24], line[47:49]) == ("|", "+", ">|")
    (line,) = drawn(row(Arrow(2, 0, "x")))
    assert (line[:2], line[24], line[48]) == ("|<", "+", "|")


@pytest.mark.parametrize(("start", "end"), [(0, 1), (1, 0)])
def test_an_arrow_that_does_not_arrive_ends_before_the_other_lifeline(start: int, end: int) -> None:
    for words in ("lost", "24 bytes lost 7x"):
        (line,) = drawn(row(Arrow(start, end, words, arrives=False)))
        assert not {"<", ">"} & set(line)
        assert [line[0], line[24], line[20 if end else 4]] == ["|", "|", "x"]
        assert f" {words} " in line


def test_an_arrow_crosses_nothing_where_nobody_lives() -> None:
    (line,) = drawn(row(Arrow(0, 2, "x"), lives=(Life.ALIVE, Life.ABSENT, Life.ALIVE)))
    assert "+" not in line


def test_words_stand_beside_the_tail_of_an_arrow() -> None:
    (to_the_right,) = drawn(row(Arrow(0, 2, "word")))
    assert " word " in to_the_right[:24]
    (to_the_left,) = drawn(row(Arrow(2, 0, "word")))
    assert " word " in to_the_left[24:]


def test_words_that_have_no_room_on_an_arrow_give_way_to_fewer() -> None:
    (line,) = drawn(row(Arrow(0, 1, "far too many words for this", "fewer")))
    assert " fewer " in line
    (line,) = drawn(row(Arrow(0, 1, "far too many words for this")))
    assert line.startswith("|-- far too many words >|")


def test_a_note_that_has_no_room_goes_on_below() -> None:
    lines = drawn(row(notes=(Note(0, "one two three four five six"),)))
    assert [line[2:24].strip() for line in lines] == ["one two three four", "five six"]
    assert all((line[0], line[24], line[48]) == ("|", "|", "|") for line in lines)


def test_a_note_takes_fewer_words_before_it_takes_two_lines() -> None:
    (line,) = drawn(row(notes=(Note(0, "one two three four five six", "seven"),)))
    assert line.startswith("| seven")


def test_a_note_takes_the_room_of_columns_in_which_there_is_nothing() -> None:
    lives = (Life.ALIVE, Life.ABSENT, Life.ABSENT)
    (line,) = drawn(row(notes=(Note(0, "one two three four five six"),), lives=lives))
    assert line == "| one two three four five six"


def test_words_across_leave_the_lifelines_to_their_right() -> None:
    (line,) = drawn(Row(0.0, ALIVE, ALIVE, words="x" * 30))
    assert line == "x" * 30 + " " * 18 + "|"


def test_times_are_milliseconds_and_keep_within_their_column() -> None:
    for at, shown in ((0.0123, "12.3"), (99.9, "99900.0"), (123.456, "123456"), (1e12, "9999999")):
        (line,) = THREE.draw(Row(at, ALIVE, ALIVE))
        assert line.text[:FIRST].split() == [shown]


def test_as_many_columns_as_there_may_be_fit_the_screen() -> None:
    diagram = Diagram((Column("c" * 40, "d" * 40),) * MOST_COLUMNS, BOXES)
    lives = (Life.ALIVE,) * MOST_COLUMNS
    for line in (*diagram.heads(), *diagram.draw(Row(0.0, lives, lives, words="x " * 200))):
        assert len(line.text) <= WIDTH
    last = Row(0.0, lives, lives, notes=(Note(MOST_COLUMNS - 1, "n" * 40),))
    assert all(len(line.text) <= WIDTH for line in diagram.draw(last))


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_the_columns_that_are_said_to_fit_do_fit(width: int) -> None:
    columns = most_columns(width)
    assert columns >= 5
    diagram = Diagram((Column("worker of c1", "d" * 40),) * columns, BOXES, width)
    lives = (Life.ALIVE,) * columns
    rows = [
        Row(0.0, lives, lives, words="x " * 200),
        *(Row(0.0, lives, lives, notes=(Note(at, "n" * 40),)) for at in range(columns)),
        *(Row(0.0, lives, lives, (Arrow(0, at, "connects"),)) for at in range(1, columns)),
    ]
    lines = [*diagram.heads(), *(line for row in rows for line in diagram.draw(row))]
    assert max(len(line.text) for line in lines) <= width


def test_where_lifelines_are_close_no_words_are_lost() -> None:
    diagram = Diagram((Column("c1"), Column("c2"), Column("listener")) * 2, PLAIN, 71)
    assert diagram.pitch == 10
    lives = (Life.ALIVE,) * 6
    (line,) = drawn(Row(0.0, lives, lives, (Arrow(0, 1, "connects"),)), diagram)
    assert line.startswith("|connects>|")
    (line,) = drawn(Row(0.0, lives, lives, (Arrow(1, 0, "connects"),)), diagram)
    assert line.startswith("|<connects|")
    (beside,) = diagram.draw(Row(0.0, lives, lives, notes=(Note(2, "sleeps in ppoll"),)))
    assert beside.text.startswith("      0.0  listener sleeps in ppoll ")


def test_only_lifelines_that_were_drawn_are_explained() -> None:
    assert legend([Row(0.0, ALIVE, ALIVE)], BOXES) == ""
    zombie = (Life.ZOMBIE,)
    assert legend([Row(0.0, ALIVE, zombie)], BOXES) == "z zombie"
    assert legend([Row(0.0, (Life.STOPPED,), zombie)], PLAIN) == ": stopped   z zombie"


def test_words_of_others_take_one_place_a_character() -> None:
    assert plain("a\tb\x1b[31m\u00e9\n") == "a b\\x1b[31m\\xe9 "
    assert plain("\u6f22") == "\\u6f22"
