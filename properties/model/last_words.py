"""Which line of a program's last output says what happened to it.

The last line is often none of that: the end of a stack trace, a hint, the edge of a box. Looked for
is the last line with the text or the name of an error of the system, or with an exception; then one
with a word such as "failed". Where there is none, the last lines say it.
"""

import errno
import os
import re

LINES = 3
"""Lines that are shown where none says what happened."""

LONGEST = 400
"""Characters that are shown of them."""

_NOISE = re.compile(
    r"""
      ^ [\W_\d]* $                                   # the edge of a box, a number
    | ^ \s+ (at|from|in) \s                          # a frame: JavaScript, Java, Ruby
    | ^ \s* at \s \S+ \( .* \) $
    | ^ \s* File \s ".*", \s line \s \d+             # Python
    | ^ \s* \[C\]:                                   # Lua
    | ^ \s* \S+:\d+: \s in \s (upvalue|local|method|field|function|main) \b
    | ^ \s* \#? \d+ :? \s+ (0x[0-9a-f]+ \s | \w+::)  # C, Rust
    | ^ \t \S+:\d+ \s \+0x                           # Go
    | ^ goroutine \s \d+
    | ^ \s* (errno|code|syscall|address|port): \s    # the fields of an error of Node
    | ^ \s* \.\.\. \s \d+ \s more
    | ^ (stack \s traceback: | stack \s backtrace: | Traceback \s \(most)
    | ^ note: \s
    | ^ Node\.js \s v\d
    | ^ exit \s status \s \d+ $
    | ^ Crash \s dump \s is \s being \s written
    """,
    re.VERBOSE,
)

_TEXTS = "|".join(re.escape(os.strerror(number)) for number in errno.errorcode)
_NAMES = "|".join(errno.errorcode.values())

_TELLING = re.compile(
    rf"(?i:{_TEXTS})|\b(?i:{_NAMES})\b|\b([A-Z]\w*)?(Error|Exception)\b"
    r"|(?i:\b(panic|panicked|fatal|uncaught|assertion|segmentation fault|what\(\):))"
    r"|AddressSanitizer:"
)
_HINTING = re.compile(
    r"(?i)\b(error|fail(ed|s|ure)?|cannot|can't|couldn't|could not|unable|terminating|terminated)\b"
)


def telling(output: str) -> str:
    """Return what a program's output says of what happened to it, "" where it is empty.

    One line where one tells, else the last lines, joined by " | ".
    """
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    spoken = [line for line in lines if not _NOISE.search(line)]
    for pattern in (_TELLING, _HINTING):
        found = (place for place, line in enumerate(spoken) if pattern.search(line))
        if (last := max(found, default=None)) is not None:
            # What follows a colon is the message, as of a panic in Rust.
            end = last + 2 if spoken[last].endswith(":") else last + 1
            return _short(" ".join(line.strip() for line in spoken[last:end]))
    return _short(" | ".join(line.strip() for line in (spoken or lines)[-LINES:]))


def saying(output: str) -> str:
    """Return ", saying '...'" with what a program's output tells, "" where it is empty."""
    words = telling(output)
    return f", saying {words!r}" if words else ""


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 3]}..."
