"""Which violations of one invariant have the same cause, as far as the target has told it.

A listener that dies of EMFILE and of a failed fork has two defects under one invariant. Each kind
of error that the target named gets a smallest case of its own. Errors that are handled in the same
place, as those of one connection are, are of one kind. Where the fault names the cause, that is the
kind.
"""

import errno
import os
import re

from properties.model.last_words import SAYING

KINDS: dict[str, tuple[int, ...]] = {
    "EMFILE": (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM),
    "EAGAIN": (errno.EAGAIN,),
    "EINTR": (errno.EINTR,),
    "ECHILD": (errno.ECHILD,),
    "ECONNABORTED": (
        *(errno.ECONNABORTED, errno.ECONNRESET, errno.EPIPE, errno.ENOTCONN, errno.ETIMEDOUT),
        *(errno.EPROTO, errno.ENOPROTOOPT, errno.EOPNOTSUPP, errno.ENONET),
        *(errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH),
    ),
}
"""The kinds, named after one error of each. What names no error, or another, is of no kind."""


AFTER = "; the cause: "
"""What stands before the cause in the reason of a violation."""

_CAUSE = re.compile(rf"{re.escape(AFTER)}(\w+(?: \w+)*)$")
"""At the end, without a quotation mark: the last words of a target cannot pretend to be one."""


_ENDED = re.compile(r"the listener \d+ (?:killed by |exited with )(SIG\w+|status \d+)")


def _mentions(numbers: tuple[int, ...]) -> re.Pattern[str]:
    texts = "|".join(re.escape(os.strerror(number)) for number in numbers)
    names = "|".join(errno.errorcode[number] for number in numbers)
    return re.compile(rf"{texts}|\b({names})\b", re.IGNORECASE)


_PATTERNS = {kind: _mentions(numbers) for kind, numbers in KINDS.items()}


def kind_of(reason: str) -> str:
    """Return the cause that the reason of a violation names, or the kind of error; "" for none.

    A listener that has said nothing is known by the signal or the exit status that it ended with.
    """
    if named := _CAUSE.search(reason):
        return named[1]
    _, saying, said = reason.partition(SAYING)
    if not saying and (ended := _ENDED.match(reason)):
        return ended[1]
    return next((kind for kind, named in _PATTERNS.items() if named.search(said)), "")


def violation_of(invariant: str, kind: str) -> str:
    """Return the name of a violation: the invariant, and the kind of error where there is one."""
    return f"{invariant} ({kind})" if kind else invariant
