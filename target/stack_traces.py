"""Which lines of a program's output are stack traces, and which line says what happened.

An exception may have any name and any text. What tells it is where it stands: after the frames of
Python, before those of other runtimes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_FRAME = re.compile(
    r"""
      ^ \s+ (at|from|in) \s                          # JavaScript, Java, Ruby
    | ^ \s* at \s \S+ \( .* \) $
    | ^ \s* File \s ".*", \s line \s \d+             # Python
    | ^ \s* \[C\]:                                   # Lua
    | ^ \s* \S+:\d+: \s in \s (upvalue|local|method|field|function|main) \b
    | ^ \s* \# \d+ :? \s+ (0x[0-9a-f]+ \s | \w+::)   # C
    | ^ \s* \d+ :? \s+ (0x[0-9a-f]+ \s | \w+::)
    | ^ \s+ \d+ : \s                                 # Rust, V8
    | ^ \t \S+:\d+ \s \+0x                           # Go
    | ^ \s+ (while \s executing | invoked \s from \s within) $      # Tcl
    | ^ \s+ \( (procedure|file) \s ".*" \s line \s \d+ \) $
    | ^ \s+ \w+, \s called \s at \s                  # Haskell
    | ^ \s* \.\.\. \s \d+ \s more
    | ^ \s* --- \s .* \s --- $                       # .NET
    | ^ (stack \s traceback: | stack \s backtrace: | CallStack \s \(from)
    | ^ \(Use \s .node \s --trace-
    """,
    re.VERBOSE,
)
_AFTER_MESSAGE = re.compile(
    r"^\s+at\s|^\tfrom\s|^stack traceback:|^\s+while executing$|^CallStack \(from|^\(Use .node --"
)
"""The first line of what runtimes print after the message."""

_PYTHON = re.compile(r"^([\s|+]*)(Exception Group )?Traceback \(most recent call last\):$")
_CHAINED = re.compile(
    r"^[\s|]*(The above exception was the direct cause of|During handling of the above exception)"
)
_GO = re.compile(r"^(goroutine \d+ .*|runtime stack):$")
"""Begins a stack, which ends with an empty line."""


@dataclass(frozen=True)
class Traces:
    """Numbers of lines: those of stack traces, and those that say what happened.

    `causes` has, for the message of an exception that came of another one, the message of that.
    """

    frames: set[int] = field(default_factory=set)
    messages: set[int] = field(default_factory=set)
    causes: dict[int, int] = field(default_factory=dict)


def traces_in(lines: Sequence[str]) -> Traces:
    """Return where there are stack traces, and what they are about."""
    found = Traces(frames={place for place, line in enumerate(lines) if _FRAME.search(line)})
    _find_python(lines, found)
    for start in (place for place, line in enumerate(lines) if _GO.search(line)):
        found.frames.update(_until_empty(lines, start))
    for place, line in enumerate(lines):
        if _AFTER_MESSAGE.search(line) and place and place - 1 not in found.frames:
            found.messages.add(place - 1)
    return found


def _find_python(lines: Sequence[str], found: Traces) -> None:
    before: int | None = None
    chained = False
    for place, line in enumerate(lines):
        if _CHAINED.search(line):
            found.frames.add(place)
            chained = True
        elif begun := _PYTHON.search(line):
            end = _end_of_python(lines, place, len(begun[1]))
            found.frames.update(range(place, end))
            if end < len(lines):
                found.messages.add(end)
                if chained and before is not None:
                    found.causes[end] = found.causes.get(before, before)
                before = end
            chained = False


def _end_of_python(lines: Sequence[str], start: int, edge: int) -> int:
    """Return the number of the first line after a traceback that is not set in."""
    after = range(start + 1, len(lines))
    return next((place for place in after if not lines[place][edge:].startswith(" ")), len(lines))


def _until_empty(lines: Sequence[str], start: int) -> Iterator[int]:
    for place in range(start, len(lines)):
        if not lines[place].strip() or lines[place].startswith("exit status "):
            return
        yield place
