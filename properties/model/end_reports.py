"""The words by which a client reports that its connection has ended, and how."""

import re
from dataclasses import dataclass

EOF_WORDS = (
    r"end[ -]?of[ -]?file|\bEOF|terminated|clos(ed|ing)|disconnect|hung up|shut ?down"
    r"|connection (was )?(lost|ended)|server (has )?(gone|ended|left|quit)"
)
"""What programs say when read() has returned 0. Regular expression, case ignored."""

RESET_WORDS = r"reset|ECONNRESET|broken pipe|EPIPE|connection abort"
"""What programs say of ECONNRESET and EPIPE: the texts of strerror(3) and the names."""


UNREACHABLE_WORDS = (
    r"tim(ed|e) ?-?out|unreachable|no route|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|host is down"
)
"""What programs say of ETIMEDOUT, EHOSTUNREACH and ENETUNREACH, likewise."""


@dataclass(frozen=True)
class EndReportPatterns:
    """Regular expressions that are looked for in what a client wrote to its standard error.

    How it ended is added to that, "exited with status 3" or "killed by SIGPIPE", so that a client
    that reports by its status can be understood as well.
    """

    eof: str = EOF_WORDS
    reset: str = RESET_WORDS
    unreachable: str = UNREACHABLE_WORDS

    @classmethod
    def of(cls, eof: str | None, reset: str | None, unreachable: str | None) -> "EndReportPatterns":
        """Return these patterns, and the usual ones where there is none."""
        usual = cls()
        return cls(eof or usual.eof, reset or usual.reset, unreachable or usual.unreachable)


def matches(pattern: str, text: str) -> bool:
    """Return whether a report is found in a text."""
    return re.search(pattern, text, re.IGNORECASE) is not None
