"""Files that people write: TOML, nothing but tables of one name, each with keys that are known."""

import tomllib
from pathlib import Path
from typing import Any


class TableError(Exception):
    """A file is not what it should be; the message names it, and says what is wrong."""


def read_tables(path: Path, name: str, what: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the tables [[name]] of a file, each behind the words for where it stands.

    `what` says what one of them is. Raises TableError.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TableError(f"{path} is not TOML: {error}") from None
    entries = data.pop(name, [])
    if data or not isinstance(entries, list):
        raise TableError(f"{path}: write each {what} as a table [[{name}]]")
    places = [(f"{path}, entry {number}", entry) for number, entry in enumerate(entries, 1)]
    for where, entry in places:
        if not isinstance(entry, dict):
            raise TableError(f"{where}: write it as a table [[{name}]]")
    return places
