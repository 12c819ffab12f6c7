"""How `--help` is laid out: as it is written, and folded where the terminal is narrower."""

import argparse
import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

_EXAMPLE = re.compile(r"( +)(\S.*?)(?: {2,}(\S.*))?$")
"""An indented line: how far, what is typed or named, and what is said of it."""


NARROWEST = 40
"""Columns; COLUMNS may say anything."""


class HelpFormat(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines that fit, fills running text, and puts remarks below what they are about."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Begin with the width of the terminal, or with one in which there is room for a word."""
        super().__init__(*arguments, **named)
        self._width = max(self._width, NARROWEST)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        del indent
        return "\n".join(_folded(text.splitlines(), width))

    def _format_usage(self, *arguments: Any, **named: Any) -> str:
        # argparse folds no usage that is given as a whole.
        usage = super()._format_usage(*arguments, **named).strip()
        lines = textwrap.wrap(usage, self._width, subsequent_indent=" " * 7, break_on_hyphens=False)
        return "\n".join(lines) + "\n\n"


def _folded(lines: Iterable[str], width: int) -> Iterator[str]:
    for is_running_text, block in groupby(lines, lambda line: bool(line) and line[0] != " "):
        if is_running_text:
            yield from textwrap.wrap(" ".join(block), width)
        else:
            for line in block:
                yield from [line] if len(line) <= width else _folded_example(line, width)


def _folded_example(line: str, width: int) -> Iterator[str]:
    found = _EXAMPLE.match(line)
    assert found is not None
    indent, words, remark = found.groups()
    # A line that is indented as far as remarks are goes on with one.
    below = " " * 6
    first = below if len(indent) > width // 2 else indent
    yield from textwrap.wrap(words, width, initial_indent=first, subsequent_indent=below)
    if remark:
        yield from textwrap.wrap(remark, width, initial_indent=below, subsequent_indent=below)
