"""Which line of a program's last output says what happened to it.

The last line is often none of that: the end of a stack trace, a hint, the edge of a box. Looked for
is the last line with the text or the name of an error of the system, with an exception, or with
what a runtime says when it ends a program; then one with a word such as "failed". Where there is
none, the last lines say it.
"""

import errno
import os
import re

from target.stack_traces import Traces, traces_in

LINES = 3
"""Lines that are shown where none says what happened."""

SAYING = ", saying "
"""How the words of a target begin in the reason of a verdict."""

LONGEST = 400
"""Characters that are shown of them."""

_NOISE = re.compile(
    r"""
      ^ [\W_\d]* $                                   # the edge of a box, a number
    | ^ \s* (errno|code|syscall|address|port): \s    # the fields of an error of Node
    | ^ note: \s
    | ^ Emitted \s 'error' \s event
    | ^ Aborted\b
    | ^ Node\.js \s v\d
    | ^ exit \s status \s \d+ $
    | ^ Crash \s dump \s is \s being \s written
    | ^ \s+ Suppressed: \s                           # of Java: besides what is told above it
    | ^ unhandled \s condition \s in \s --disable-debugger \s mode  # SBCL has told it before
    | ^ ==\d+== \s (HEAP|LEAK|ERROR) \s SUMMARY     # valgrind
    """,
    re.VERBOSE,
)

_TEXTS = "|".join(re.escape(os.strerror(number)) for number in errno.errorcode)
_NAMES = "|".join(errno.errorcode.values())

_TELLING = re.compile(
    rf"""
      (?i: {_TEXTS} )
    | \b (?i: {_NAMES} ) \b
    | \b ([A-Z]\w*)? (Error|Exception) \b
    | (?i: \b (panic|panicked|fatal|uncaught|unhandled|assertion|what\(\):) )
    | (?i: \b (segmentation \s fault|bus \s error|illegal \s instruction
               |floating \s point \s exception|out \s of \s memory|memory \s allocation \s of
               |runtime \s error|pure \s virtual \s method|double \s free
               |corrupted \s (size|double-linked|unsorted)) )
    | ^ \w+ \(\): \s (?i: double|invalid|corrupted|unaligned|misaligned|mismatching|memory)  # glibc
    | \*\*\* \s .* \s \*\*\*: \s terminated $
    | [A-Z]\w+Sanitizer:
    | \s at \s \S+ \s line \s \d+ (, \s <\w*> \s (line|chunk) \s \d+)? \. $    # Perl
    | ^ \S+:\d+:in \s [`'] .* \( [A-Z][\w:]* \) $                          # Ruby
    | ^ \*\* \s \(                                                      # Elixir
    | ^ escript: \s | \b terminating \s (in|during) \b | ^ Kernel \s pid \s terminated   # Erlang
    | ^ error: \s [A-Z]\w+ $                                            # Zig
    | -ERROR \s \*\*:                                                   # GLib
    | ^ ==\d+== \s Process \s terminating \s with                       # valgrind
    """,
    re.VERBOSE,
)
_IGNORED, _IGNORED_END = (
    re.compile(r"^Exception ignored in\b"),
    re.compile(r"^[A-Za-z_][\w.]*(:|$)"),
)
"""What Python has met in a place where nothing can be raised, and the line of its exception."""

_HINTING = re.compile(
    r"(?i)\b(error|fail(ed|s|ure)?|cannot|can't|couldn't|could not|unable|terminating|terminated)\b"
)


def telling(output: str) -> str:
    """Return what a program's output says of what happened to it, "" where it is empty.

    One line where one tells, else the last lines, joined by " | ".
    """
    lines = [line.rstrip() for line in output.splitlines()]
    traces, ignored = traces_in(lines), _ignored_in(lines)
    spoken = [
        place
        for place, line in enumerate(lines)
        if place not in traces.frames | ignored and not _NOISE.search(line)
    ]
    told = (place for place in spoken if place in traces.messages or _TELLING.search(lines[place]))
    hinted = (place for place in spoken if _HINTING.search(lines[place]))
    for places in (told, hinted):
        if (last := max(places, default=None)) is not None:
            return _short(_message(lines, spoken, traces, last))
    shown = spoken or [place for place, line in enumerate(lines) if line.strip()]
    return _short(" | ".join(lines[place].strip() for place in shown[-LINES:]))


def _ignored_in(lines: list[str]) -> set[int]:
    """Return the places of lines on exceptions that Python has ignored, each to its last line."""
    found: set[int] = set()
    is_inside = False
    for place, line in enumerate(lines):
        is_inside = is_inside or _IGNORED.search(line) is not None
        if is_inside:
            found.add(place)
            is_inside = _IGNORED_END.search(line) is None
    return found


def _message(lines: list[str], spoken: list[int], traces: Traces, place: int) -> str:
    """Return a line that tells, with what belongs to it."""
    said = [lines[place].strip()]
    # What follows a colon is the message, as of a panic in Rust.
    if lines[place].endswith(":"):
        said += [lines[after].strip() for after in spoken if after > place][:1]
    if (cause := traces.causes.get(place)) is not None:
        said[-1] += ","
        said += ["after", lines[cause].strip()]
    return " ".join(said)


def saying(output: str) -> str:
    """Return ", saying '...'" with what a program's output tells, "" where it is empty."""
    words = telling(output)
    return f"{SAYING}{words!r}" if words else ""


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 3]}..."
