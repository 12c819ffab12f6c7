"""Words in lines that fit: wrapped, cut, shortened. Widths are in columns of a terminal."""

import textwrap
import unicodedata
from collections.abc import Sequence
from pathlib import PurePath

from target.foreign_text import harmless

WIDTH = 100
"""Columns of what is no terminal, and the most that running text takes on a wider one."""

NARROWEST = 60
"""Columns that every line fits into; a terminal with fewer breaks them."""

GAP = "    "
"""What stands between the parts of a line."""

_FILLER = "\x00"
"""Stands before a character of two columns; `harmless` leaves none in foreign text."""


def columns_of(words: str) -> int:
    """Return how many columns of a terminal words take."""
    return len(_filled(words))


def cut(words: str, room: int) -> str:
    """Return words that fit into so many columns, and show where something is left out."""
    filled = _filled(words)
    if len(filled) <= room:
        return words
    kept = filled[: max(0, room - 4)].replace(_FILLER, "").rstrip()
    return f"{kept} ..." if room >= 4 else "..."[: max(0, room)]


def shortened(command: str, room: int) -> str:
    """Return a command that fits; its program's name is kept before the folders that it is in."""
    if columns_of(command) <= room:
        return command
    program, _, rest = command.partition(" ")
    brief = f".../{PurePath(program).name}" if "/" in program else program
    return cut(f"{brief} {rest}".rstrip(), room)


def listed(names: Sequence[str], room: int) -> str:
    """Return names with commas between them; where not all fit, how many more there are."""
    for count in range(len(names), 0, -1):
        more = f" and {len(names) - count} more" if count < len(names) else ""
        if columns_of(line := f"{', '.join(names[:count])}{more}") <= room:
            return line
    return cut(f"{len(names)} violated", room) if names else ""


def wrapped(label: str, text: object, width: int = WIDTH, *, below: int | None = None) -> list[str]:
    """Return foreign text in lines that fit, the first after a label and the others below it.

    `below` is how far the others are indented where that is not the width of the label.
    """
    indent = len(label) if below is None else below
    filled = _filled(harmless(text))
    # A word that is too long may be broken between a filler and its character.
    spare = int(_FILLER in filled)
    lines = textwrap.wrap(
        filled,
        min(width, WIDTH) - spare,
        initial_indent=label,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
        drop_whitespace=bool(label) or below is not None,
    )
    return [line.replace(_FILLER, "") for line in lines] or [label]


def packed(items: Sequence[str], between: str, width: int) -> list[str]:
    """Return items in lines that fit, as many in each as there is room for; none is broken."""
    lines: list[str] = []
    for item in items:
        if lines and columns_of(f"{lines[-1]}{between}{item}") <= width:
            lines[-1] += f"{between}{item}"
        else:
            lines.append(item)
    return lines


def _filled(words: str) -> str:
    """Return words in which a character of two columns is two characters."""
    if words.isascii():
        return words
    return "".join(_FILLER + one if _is_wide(one) else one for one in words)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")
