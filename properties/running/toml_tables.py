"""Files that users write: TOML with tables of one name only, each with known keys."""

import tomllib
from pathlib import Path
from typing import Any

from properties.running.errors import UsageError


def read_tables(path: Path, name: str, what: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the tables [[name]] of a file, each with its place in words.

    `what` says what one of them is. Raises UsageError.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from None
    except RecursionError:
        raise UsageError(f"{path} is nested too deeply") from None
    entries = data.pop(name, [])
    if data or not isinstance(entries, list):
        raise UsageError(f"{path}: write each {what} as a table [[{name}]]")
    places = [(f"{path}, entry {number}", entry) for number, entry in enumerate(entries, 1)]
    for where, entry in places:
        if not isinstance(entry, dict):
            raise UsageError(f"{where}: write it as a table [[{name}]]")
    return places
