"""Tables of verdicts on a terminal: rows by columns, in as many blocks as the width requires."""

from collections.abc import Callable, Iterator, Sequence

from properties.model.verdict import Outcome
from properties.reports.foreign_text import harmless
from properties.reports.layout import columns_of, cut, packed
from properties.reports.terminal import Terminal

SIGNS = {
    Outcome.PASS: ("pass", "green"),
    Outcome.FAIL: ("FAIL", "red"),
    Outcome.KNOWN: ("known", "yellow"),
    Outcome.INCONCLUSIVE: ("?", "yellow"),
    Outcome.NOT_APPLICABLE: ("-", "dim"),
}
"""How a verdict is written, and in which colour."""

LEGEND = "pass: held   FAIL: violated   ?: inconclusive   -: not applicable"
BETWEEN = "   "
"""What stands between two signs of a legend."""

LEGEND_OF_KNOWN = "   known: violated as expected"


def legend(*, known: bool) -> str:
    """Return what the signs mean; `known`: whether one of them is a known violation."""
    return LEGEND + (LEGEND_OF_KNOWN if known else "")


def grid(
    rows: Sequence[str],
    columns: Sequence[str],
    verdict: Callable[[str, str], Outcome],
    terminal: Terminal,
) -> Iterator[str]:
    """Return the lines of a table; `verdict` returns that of a row and a column.

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
            signs = [SIGNS[verdict(row, column)] for column in block]
            cells = [
                terminal.paint(sign, colour) + " " * (_width(column) - len(sign))
                for (sign, colour), column in zip(signs, block, strict=True)
            ]
            yield (name + " " * (first - columns_of(name)) + "".join(cells)).rstrip()


def legend_lines(words: str, terminal: Terminal) -> Iterator[str]:
    """Return a legend in lines that fit."""
    lines = packed(words.split(BETWEEN), BETWEEN, terminal.width)
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
