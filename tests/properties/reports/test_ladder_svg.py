"""The ladder diagram as SVG: the same picture as in letters."""

import re
from xml.etree import ElementTree

from properties.model.ladder import Arrow, Column, Life, Note, Picture, Row
from properties.reports import ladder_svg
from properties.reports.ladder_svg import PITCH
from properties.server.timeline.picture import picture
from tests.properties.server.histories import (
    after_all,
    connection,
    forked,
    history,
    marked,
    process_ended,
    server_found,
    step,
    zombie_reaped,
)

SVG = "{http://www.w3.org/2000/svg}"
TWO = (Column("c1"), Column("listener", "4711"))
BOTH = (Life.ALIVE, Life.ALIVE)


def drawn(*rows: Row, columns: tuple[Column, ...] = TWO) -> ElementTree.Element:
    """Draw these rows and read the figure back."""
    return ElementTree.fromstring(ladder_svg.figure(Picture(columns, rows), "a figure"))


def words_of(figure: ElementTree.Element) -> list[str]:
    """Return all words in a figure, in their order."""
    return [element.text or "" for element in figure.iter(f"{SVG}text")]


def test_who_takes_part_stands_above_the_lifelines() -> None:
    assert words_of(drawn()) == ["ms", "c1", "listener", "4711"]


def test_an_arrow_goes_from_who_acts_to_whom_it_concerns() -> None:
    figure = drawn(Row(0.0015, BOTH, BOTH, (Arrow(0, 1, "connects"),)))
    (line,) = (e for e in figure.iter(f"{SVG}line") if "arrow" in e.attrib["class"])
    assert float(line.attrib["x1"]) < float(line.attrib["x2"])
    assert words_of(figure)[-2:] == ["1.5", "connects"]
    back = drawn(Row(0.0, BOTH, BOTH, (Arrow(1, 0, "FIN"),)))
    (line,) = (e for e in back.iter(f"{SVG}line") if "arrow" in e.attrib["class"])
    assert float(line.attrib["x1"]) > float(line.attrib["x2"])


def test_a_stopped_process_and_a_zombie_are_broken_lines_and_are_explained() -> None:
    rows = (
        Row(0.0, BOTH, (Life.ALIVE, Life.STOPPED), notes=(Note(1, "SIGSTOP"),)),
        Row(0.1, (Life.ALIVE, Life.STOPPED), (Life.ALIVE, Life.ZOMBIE), words="it dies"),
    )
    dashes = {e.attrib.get("stroke-dasharray") for e in drawn(*rows).iter(f"{SVG}line")}
    assert dashes == {None, "7 5", "2 4"}
    assert ladder_svg.caption(Picture(TWO, rows)) == "dashed: stopped; dotted: a zombie"
    assert ladder_svg.caption(Picture(TWO, rows[:0], marks="?: guessed")) == "?: guessed"


def test_an_arrow_that_does_not_arrive_has_a_cross_and_no_tip() -> None:
    figure = drawn(Row(0.0, BOTH, BOTH, (Arrow(0, 1, "lost", arrives=False),)))
    assert not [*figure.iter(f"{SVG}polygon")]
    arrow, *cross = (e for e in figure.iter(f"{SVG}line") if "arrow" in e.attrib["class"])
    assert len(cross) == 2
    assert float(arrow.attrib["x2"]) < float(arrow.attrib["x1"]) + PITCH


def test_a_lifeline_that_is_absent_is_not_drawn() -> None:
    absent = (Life.ALIVE, Life.ABSENT)
    figure = drawn(Row(0.0, absent, absent, notes=(Note(0, "alone"),)))
    assert len([e for e in figure.iter(f"{SVG}line") if e.attrib["class"] == "life"]) == 1


def test_long_words_are_wrapped_and_the_rows_below_make_room() -> None:
    long = Row(0.0, BOTH, BOTH, words="word " * 60)
    figure = drawn(long, Row(0.1, BOTH, BOTH, words="the end"))
    heights = [float(e.attrib["y"]) for e in figure.iter(f"{SVG}text")]
    assert heights == sorted(heights)
    assert float(figure.attrib["height"]) > heights[-1]


def test_what_could_be_markup_is_words() -> None:
    figure = drawn(Row(0.0, BOTH, BOTH, words="<script> & 'quotes'"))
    assert words_of(figure)[-1] == "<script> & 'quotes'"


def test_it_says_what_it_shows_to_those_who_cannot_see_it() -> None:
    figure = drawn()
    assert figure.attrib["role"] == "img"
    assert figure.attrib["aria-label"] == "a figure"


def test_a_real_history_becomes_a_figure_with_all_its_words() -> None:
    seen = history(
        server_found(),
        step("open c1"),
        connection(1),
        forked(4712, 1),
        marked("SIGSTOP"),
        process_ended(4712, is_zombie=True),
        zombie_reaped(4712),
        after_all(),
    )
    made = picture(seen.events, "1 zombie (4712)")
    assert made is not None
    words = " ".join(words_of(ElementTree.fromstring(ladder_svg.figure(made, "burst"))))
    for expected in ("c1", "connects", "SIGSTOP", "is reaped"):
        assert expected in words
    assert not re.search(r"#[0-9a-f]{3}", ladder_svg.figure(made, "burst")), (
        "colours belong to the page"
    )


def test_a_figure_of_its_own_brings_its_style_along() -> None:
    made = ladder_svg.standalone(Picture(TWO, (Row(1.0, BOTH, BOTH),)), "a <figure>")
    figure = ElementTree.fromstring(made)
    assert "prefers-color-scheme: dark" in (figure.findtext(f"{SVG}style") or "")
    assert words_of(figure)[:2] == ["ms", "c1"]
