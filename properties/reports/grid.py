"""Tables of verdicts on a terminal: rows by columns, in as many blocks as the width requires."""

from collections.abc import Callable, Container, Iterator, Sequence

from properties.model.levels import Level
from properties.model.verdict import Outcome
from properties.reports.layout import columns_of, cut, packed
from properties.reports.terminal import Terminal
from target.foreign_text import harmless

SIGNS = {
    Outcome.PASS: ("pass", "green"),
    Outcome.FAIL: ("FAIL", "red"),
    Outcome.KNOWN: ("known", "yellow"),
    Outcome.INCONCLUSIVE: ("?", "yellow"),
    Outcome.NOT_APPLICABLE: ("-", "dim"),
}
"""How a verdict is written, and in which colour."""

WEAK_SIGNS = {
    Level.SHOULD: ("warn", "yellow"),
    Level.MAY: ("note", "dim"),
}
"""How a violation is written that is too weak to fail the run, and in which colour."""

GAP = "   "
"""What stands between two signs of a legend."""

LEGEND = GAP.join(("pass: held", "FAIL: violated", "?: inconclusive", "-: not applicable"))

MEANINGS = {
    "warn": "SHOULD violated",
    "note": "MAY violated",
    "known": "violated as expected",
}
"""The signs that a legend explains only where they are shown."""


def sign(outcome: Outcome, level: Level | None, fails_from: Level) -> tuple[str, str]:
    """Return how a verdict is written, and in which colour.

    `level` is that of a violation, `fails_from` the weakest one that fails the run.
    """
    if outcome is Outcome.FAIL and level is not None and level < fails_from:
        return WEAK_SIGNS[level]
    return SIGNS[outcome]


def legend(shown: Container[str]) -> str:
    """Return what the signs mean; `shown` are those of the table."""
    return GAP.join((LEGEND, *(f"{one}: {MEANINGS[one]}" for one in MEANINGS if one in shown)))


def grid(
    rows: Sequence[str],
    columns: Sequence[str],
    sign_of: Callable[[str, str], tuple[str, str]],
    terminal: Terminal,
) -> Iterator[str]:
    """Return the lines of a table; `sign_of` returns a cell's sign and its colour.

    The words of a column's name stand below each other. What does not fit beside the others is put
    below them.
    """
    most = terminal.width // 2
    names = [cut(harmless(row), most) for row in rows]
    first = max(map(columns_of, names), default=0) + 2
    for number, block in enumerate(_blocks(columns, terminal.width - first)):
        if number:
            yield ""
        yield from _heads(block, first)
        for row, name in zip(rows, names, strict=True):
            signs = [sign_of(row, column) for column in block]
            cells = [
                terminal.paint(words, colour) + " " * (_width(column) - len(words))
                for (words, colour), column in zip(signs, block, strict=True)
            ]
            yield (name + " " * (first - columns_of(name)) + "".join(cells)).rstrip()


def legend_lines(words: str, terminal: Terminal) -> Iterator[str]:
    """Return a legend in lines that fit."""
    lines = packed(words.split(GAP), GAP, terminal.width)
    yield from (terminal.paint(line, "dim") for line in lines)


def _heads(columns: list[str], first: int) -> Iterator[str]:
    heads = [column.split("_") for column in columns]
    for row in range(max(map(len, heads), default=0)):
        words = [head[row] if row < len(head) else "" for head in heads]
        cells = [word.ljust(_width(column)) for word, column in zip(words, columns, strict=True)]
        yield (" " * first + "".join(cells)).rstrip()


def _blocks(columns: Sequence[str], room: int) -> Iterator[list[str]]:
    """Divide the columns so that each part fits into so many characters, the first one full."""
    block: list[str] = []
    for column in columns:
        if block and sum(map(_width, (*block, column))) > room:
            yield block
            block = []
        block.append(column)
    yield block


def _width(column: str) -> int:
    return max(map(len, column.split("_"))) + 2
