"""Regular expressions that a user has written."""

import re
from typing import AnyStr


def compiled(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return the expression. Raises ValueError, in words, for one that cannot be used."""
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError) as error:
        raise ValueError(f"is no regular expression: {error}") from None
    except RecursionError:
        raise ValueError("is no regular expression: it is nested too deeply") from None
