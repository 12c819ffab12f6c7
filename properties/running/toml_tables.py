"""Files that users write: TOML with tables of one name only, each with known keys."""

from pathlib import Path
from typing import Any

from properties.running.errors import UsageError
from properties.services.toml_file import read_toml


def read_tables(path: Path, name: str, what: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the tables [[name]] of a file that has nothing else, each with its place in words.

    `what` says what one of them is. Raises UsageError.
    """
    data = read_toml(path, UsageError)
    places = tables_in(path, data, name, what)
    if data:
        unknown = " and ".join(map(repr, data))
        raise UsageError(f"{path}: there is no {unknown}; write each {what} as a table [[{name}]]")
    return places


def tables_in(
    path: Path, data: dict[str, Any], name: str, what: str
) -> list[tuple[str, dict[str, Any]]]:
    """Take the tables [[name]] out of what a file holds. Raises UsageError."""
    entries = data.pop(name, [])
    if not isinstance(entries, list):
        raise UsageError(f"{path}: write each {what} as a table [[{name}]]")
    places = [(f"{path}, entry {number}", entry) for number, entry in enumerate(entries, 1)]
    for where, entry in places:
        if not isinstance(entry, dict):
            raise UsageError(f"{where}: write it as a table [[{name}]]")
    return places
