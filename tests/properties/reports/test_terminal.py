"""The screen: what it can show."""

import io

import pytest

from properties.reports.terminal import Terminal


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


def test_colour_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Terminal(io.StringIO(), is_terminal=False).paint("x", "red") == "x"
    assert Terminal(io.StringIO(), is_terminal=True).paint("x", "red") == "\x1b[31mx\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert Terminal(io.StringIO(), is_terminal=True).paint("x", "red") == "x"
