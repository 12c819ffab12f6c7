"""What holds for each file that a user gives: it is regular, and bounded in size and depth."""

import os
import stat
from pathlib import Path
from typing import Any

MOST_BYTES = 16 << 20
"""Bytes of it."""

MOST_DEPTH = 20
"""Lists and tables, or objects, within each other."""


def content_of(path: Path, refusal: type[Exception]) -> bytes:
    """Return what a file holds. Raises OSError; `refusal` for a pipe, a device, or too much."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise refusal("it is no regular file")
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise refusal(f"it has more than {MOST_BYTES >> 20} MiB")
    return content


def require_depth(data: Any, refusal: type[Exception]) -> None:
    """Raise `refusal` for lists and tables in one another, more than MOST_DEPTH levels."""
    level = [data]
    for _ in range(MOST_DEPTH + 1):
        level = [inner for one in level if isinstance(one, list | dict) for inner in _inside(one)]
        if not level:
            return
    raise refusal(f"it is nested in more than {MOST_DEPTH} levels")


def _inside(data: list[Any] | dict[str, Any]) -> list[Any]:
    return data if isinstance(data, list) else list(data.values())
