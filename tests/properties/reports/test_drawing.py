"""What is drawn again and again: it is wiped whole, whatever the terminal's width."""

import io
import os

import pytest

from properties.reports.drawing import Drawing
from properties.reports.terminal import Terminal
from tests.screen import Screen


def show(screen: Screen, out: io.StringIO) -> None:
    """Show what was written as a terminal's driver hands it on."""
    screen.feed(out.getvalue().replace("\n", "\r\n"))


GRID = ("a " * 50, "b", f"\x1b[31m{'c' * 59}\x1b[0m", "d" * 60, "")


@pytest.fixture(params=[40, 60, 80, 100, 120])
def drawn(request: pytest.FixtureRequest) -> tuple[Drawing, Screen, io.StringIO]:
    columns: int = request.param
    out = io.StringIO()
    return Drawing(Terminal(out, is_terminal=True, columns=columns)), Screen(columns, 30), out


def test_a_drawing_takes_the_place_of_the_one_before(
    drawn: tuple[Drawing, Screen, io.StringIO],
) -> None:
    drawing, screen, out = drawn
    drawing.draw(GRID)
    drawing.draw(["x", "y"])
    show(screen, out)
    assert screen.seen == ["x", "y"]


def test_lines_are_cut_to_the_width_and_not_broken(
    drawn: tuple[Drawing, Screen, io.StringIO],
) -> None:
    drawing, screen, out = drawn
    drawing.draw(GRID)
    show(screen, out)
    assert len(screen.seen) == 4
    assert screen.seen[0] == ("a " * 50)[: screen.columns].rstrip()


def test_a_line_that_stays_is_above_the_drawing(
    drawn: tuple[Drawing, Screen, io.StringIO],
) -> None:
    drawing, screen, out = drawn
    drawing.draw(GRID)
    drawing.line("it stays")
    drawing.draw(["x"])
    show(screen, out)
    assert screen.seen == ["it stays", "x"]


def test_a_drawing_that_is_cleared_leaves_nothing(
    drawn: tuple[Drawing, Screen, io.StringIO],
) -> None:
    drawing, screen, out = drawn
    drawing.draw(GRID)
    drawing.clear()
    drawing.clear()
    show(screen, out)
    assert screen.seen == []
    assert (screen.row, screen.column) == (0, 0)


class Resized(Terminal):
    """A terminal whose width a test changes."""

    now = 100

    @property
    def size(self) -> os.terminal_size:
        """Its size now."""
        return os.terminal_size((Resized.now, 30))


def test_lines_that_a_narrower_terminal_has_broken_are_wiped_too() -> None:
    out = io.StringIO()
    drawing = Drawing(Resized(out, is_terminal=True))
    drawing.line("it stays")
    drawing.draw(["a" * 100, "b" * 70])
    # A terminal that is made narrower breaks what is on it: here it was that narrow all along.
    screen = Screen(60, 30)
    show(screen, out)
    assert len(screen.seen) == 5
    out.truncate(0)
    out.seek(0)
    try:
        Resized.now = 60
        drawing.draw(["x"])
    finally:
        Resized.now = 100
    show(screen, out)
    assert screen.seen == ["it stays", "x"]


def test_the_cursor_is_never_hidden() -> None:
    out = io.StringIO()
    drawing = Drawing(Terminal(out, is_terminal=True, columns=80))
    drawing.draw(GRID)
    drawing.clear()
    assert "\x1b[?" not in out.getvalue()
