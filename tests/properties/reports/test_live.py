"""What stays on the terminal while a run goes on: where the cases are that can be looked at."""

import io

from properties.reports.live import Live
from properties.reports.terminal import Terminal
from properties.search.findings import Failure
from tests.properties.reports.test_foreign_text import case_with
from tests.properties.running.test_run import run


def told(*paths: str) -> list[str]:
    """Return the lines that tell of a violation in the first file, and of smaller ones."""
    terminal = Terminal(io.StringIO(), is_terminal=False, columns=100)
    live = Live(run(), terminal)
    first, *smaller = (Failure(case_with("a case"), 4, path=path) for path in paths)
    live.violated("control", "no_zombies", first)
    for failure in smaller:
        live.shrunk("control", "no_zombies", failure)
    assert isinstance(terminal.stream, io.StringIO)
    return terminal.stream.getvalue().splitlines()


def test_the_file_of_the_first_violation_and_that_of_the_smallest_are_named() -> None:
    assert told("first.json", "small.json") == [
        "FAIL control x no_zombies    first.json",
        "FAIL control x no_zombies    shrunk to 1 step    small.json",
    ]


def test_a_file_that_was_named_is_not_named_again() -> None:
    assert len(told("first.json", "first.json", "small.json", "small.json")) == 2
