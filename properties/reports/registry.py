"""The files that a run can write. WRITERS has one line for each format."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from properties.reports import html
from properties.running.errors import UsageError
from properties.running.option_list import Options
from properties.running.references import merged
from properties.running.run import Run


def _as_json(runs: Sequence[Run]) -> str:
    result = merged(runs) if len(runs) > 1 else runs[0].as_json()
    return json.dumps(result, indent=2) + "\n"


WRITERS: dict[str, Callable[[Sequence[Run]], str]] = {
    "json": _as_json,
    "html": html.page,
}
"""What is written at the end, by the suffix of the file. `--json` and `--html` name one as well."""

STANDARD_OUTPUT = "-"
"""Stands for standard output instead of a file, for `--jsonl`."""


def writer_of(path: Path) -> Callable[[Sequence[Run]], str]:
    """Return what writes the format of a file's suffix. Raises UsageError for an unknown one."""
    writer = WRITERS.get(path.suffix.removeprefix("."))
    if writer is None:
        known = ", ".join(f".{name}" for name in WRITERS)
        raise UsageError(f"{path}: no format is written to such a file; known are {known}")
    return writer


def without_files(options: Options) -> Options:
    """Return the options without those that name a file to be written at the end."""
    return replace(options, json=None, html=None, write=None)


def write(runs: Sequence[Run], options: Options) -> None:
    """Write the files that the options name; none where there is no run."""
    asked = [(WRITERS["json"], options.json), (WRITERS["html"], options.html)]
    asked += [(writer_of(Path(path)), path) for path in options.write or ()]
    for text_of, path in asked:
        if runs and path is not None:
            Path(path).write_text(text_of(runs), encoding="utf-8")


def require_files_of(options: Options) -> None:
    """Check that the files of a run can be written. Raises UsageError."""
    for path in options.write or ():
        try:
            writer_of(Path(path))
        except UsageError as error:
            raise UsageError(f"--write {error}") from None
        require_writable({"--write": path})
    jsonl = None if options.jsonl == STANDARD_OUTPUT else options.jsonl
    require_writable({"--json": options.json, "--html": options.html, "--jsonl": jsonl})


def require_writable(paths: Mapping[str, str | None]) -> None:
    """Raise UsageError for a file that cannot be written; called before anything is run.

    `paths` are the files by the flag of the option that names each.
    """
    for flag, path in paths.items():
        if path is not None and not _can_be_written(Path(path)):
            raise UsageError(
                f"{flag} {path}: cannot be written; name a file in a folder that exists and may "
                "be written to"
            )


def _can_be_written(path: Path) -> bool:
    try:
        if path.exists():
            return not path.is_dir() and os.access(path, os.W_OK)
        return os.access(path.resolve().parent, os.W_OK)
    except OSError:
        return False
