"""The screen: what it can show."""

import fcntl
import io
import os
import pty
import struct
import termios
from typing import TextIO

import pytest

from properties.reports.terminal import Terminal
from tests.screen import Screen


@pytest.mark.parametrize(
    ("encoding", "boxes"), [("utf-8", True), ("ascii", False), ("latin-1", False), ("cp437", False)]
)
def test_box_characters_are_drawn_where_the_encoding_has_all_of_them(
    encoding: str, boxes: bool
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    assert Terminal(stream, is_terminal=False).draws_boxes is boxes


def test_a_stream_without_an_encoding_gets_ascii() -> None:
    assert not Terminal(io.StringIO(), is_terminal=False).draws_boxes


def on_a_terminal(columns: int) -> tuple[int, TextIO]:
    """Open a terminal of this width; return its other end, and the stream to it."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    return ours, open(theirs, "w", encoding="utf-8")


@pytest.mark.parametrize(
    ("columns", "width"), [(0, 100), (1, 60), (59, 60), (60, 60), (80, 80), (120, 120), (300, 300)]
)
def test_the_width_is_that_of_the_terminal_from_sixty_columns(columns: int, width: int) -> None:
    ours, stream = on_a_terminal(columns)
    with stream:
        assert Terminal(stream, is_terminal=True).width == width
    os.close(ours)


def test_what_is_no_terminal_has_a_hundred_columns() -> None:
    assert Terminal(io.StringIO(), is_terminal=False).width == 100


@pytest.mark.parametrize(("term", "moves"), [("xterm", True), ("dumb", False), ("", False)])
def test_a_dumb_terminal_has_neither_colours_nor_movements(
    term: str, moves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, stream = on_a_terminal(80)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("sys.stdout", stream)
    with stream:
        assert Terminal.standard().is_terminal is moves
    os.close(ours)


def test_a_line_that_is_replaced_never_fills_the_last_column() -> None:
    out = io.StringIO()
    terminal = Terminal(out, is_terminal=True, columns=60)
    terminal.replace("x" * 200)
    screen = Screen(60, 10)
    screen.feed(out.getvalue())
    assert len(screen.seen[0]) == 59
    terminal.clear()
    screen.feed(out.getvalue())
    assert screen.seen == []


def test_what_the_encoding_lacks_is_written_as_an_escape() -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii")
    Terminal(stream, is_terminal=False).line("na\u00efve")
    assert written.getvalue() == b"na\\xefve\n"


def test_colour_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Terminal(io.StringIO(), is_terminal=False).paint("x", "red") == "x"
    assert Terminal(io.StringIO(), is_terminal=True).paint("x", "red") == "\x1b[31mx\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert Terminal(io.StringIO(), is_terminal=True).paint("x", "red") == "x"
