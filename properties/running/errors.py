"""The one exception for what the user can correct: options, files, lists.

What several commands refuse in the same words is here as well.
"""

from collections.abc import Mapping, Sequence

from target.errors import ShownError


class UsageError(ShownError):
    """The command line, an option or a file is at fault; the message says how and what to do."""


def require_alone(
    flag: str, others: Mapping[str, object], command: Sequence[str], arguments: Sequence[str] = ()
) -> None:
    """Raise UsageError where anything is given beside an option that prints and ends.

    `others` are the values of the other options and arguments by their names, `arguments` the names
    of those that are no options.
    """
    given = [
        str(value) if name in arguments else f"--{name.replace('_', '-')}"
        for name, value in others.items()
        # A zero that was given equals False.
        if value is not None and value is not False
    ]
    given += ["the command"] if command else []
    if given:
        words = " and ".join(given)
        raise UsageError(f"{flag}: prints, and does nothing else: leave out {words}")
