"""The files that a run can write. WRITERS has one line for each format."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from properties.cases.files import (
    can_be_written,
    is_regular_or_new,
    is_standard_output,
    write_whole,
)
from properties.reports import html, markdown
from properties.reports.terminal import complain
from properties.running.errors import UsageError
from properties.running.option_list import Options
from properties.running.record.record import record_of
from properties.running.references import merged
from properties.running.run import Run
from properties.services.table import SUFFIX


def _as_json(runs: Sequence[Run]) -> str:
    result = merged(runs) if len(runs) > 1 else runs[0].as_json()
    records = ",\n".join(f"    {json.dumps(record_of(run))}" for run in runs)
    # What is for people comes first, in many lines; a record is for `anechoic merge`.
    return f'{json.dumps(result, indent=2)[:-2]},\n  "records": [\n{records}\n  ]\n}}\n'


WRITERS: dict[str, Callable[[Sequence[Run]], str]] = {
    "json": _as_json,
    "html": html.page,
    "md": markdown.page,
}
"""What is written at the end, by the suffix of the file."""

NAMED = {"json": "json", "html": "html", "markdown": "md"}
"""The options that name a file themselves, and the format of each."""

ONE_FILE = (*NAMED, "jsonl")
"""All options that name one file each, which may be standard output."""


JUNIT = "--junitxml"
"""The option of pytest that names a JUnit report."""


class Output(NamedTuple):
    """A file to be written: its option, its path, None where it was not asked for, its content."""

    flag: str
    path: str | None
    content: Callable[[], str | bytes]


def writer_of(path: Path) -> Callable[[Sequence[Run]], str]:
    """Return what writes the format of a file's suffix. Raises UsageError for an unknown one."""
    writer = WRITERS.get(path.suffix.removeprefix("."))
    if writer is None:
        known = ", ".join(f".{name}" for name in WRITERS)
        raise UsageError(f"{path}: no format is written to such a file; known are {known}")
    return writer


def without_files(options: Options) -> Options:
    """Return the options without those that name a file to be written at the end."""
    return replace(options, json=None, html=None, markdown=None, write=None)


def write(runs: Sequence[Run], options: Options, others: Sequence[Output] = ()) -> list[str]:
    """Write the files that the options name; return a sentence for each that cannot be written.

    Where there is no run, none is written but the `others`.
    """
    asked = [(f"--{one}", getattr(options, one), WRITERS[NAMED[one]]) for one in NAMED]
    asked += [("--write", path, writer_of(Path(path))) for path in options.write or ()]
    own = [Output(flag, path, partial(made, runs)) for flag, path, made in asked if runs]
    return _unwritten([*own, *others])


def _unwritten(asked: Iterable[Output]) -> list[str]:
    """Write files; return a sentence for each that cannot be written."""
    done = (
        (flag, path, _not_written(path, made())) for flag, path, made in asked if path is not None
    )
    return [f"{flag} {path}: {reason}" for flag, path, reason in done if reason]


def _not_written(path: str, content: str | bytes) -> str:
    """Write a file; return why that was not possible, nothing where it was."""
    try:
        write_whole(path, content)
    except OSError as error:
        return f"cannot be written: {error.strerror or error}"
    return ""


def write_each(files: Mapping[str, str | None], content_of: Callable[[str], str | bytes]) -> bool:
    """Write the files that options name, by their flags; return whether all could be written.

    `content_of` makes the content of the file of a flag. What cannot be written is told.
    """
    sentences = _unwritten(
        Output(flag, path, partial(content_of, flag)) for flag, path in files.items()
    )
    for sentence in sentences:
        complain(sentence)
    return not sentences


def require_files_of(options: Options, others: Iterable[str] = ()) -> None:
    """Check that the files of a run can be written. Raises UsageError.

    `others` are JUnit reports, whose folders are made where there are none.
    """
    others = list(others)
    for path in others:
        if Path(path).parent.exists():
            require_writable({JUNIT: path})
    for path in options.write or ():
        try:
            writer_of(Path(path))
        except UsageError as error:
            raise UsageError(f"--write {error}") from None
        require_writable({"--write": path})
    each = {f"--{name}": getattr(options, name) for name in ONE_FILE}
    table = options.service if (options.service or "").endswith(SUFFIX) else None
    read = [options.expect, table, *(options.replay or ())]
    require_separate(each, (*(options.write or ()), *others), read)


def require_separate(
    files: Mapping[str, str | None], more: Sequence[str] = (), read: Iterable[str | None] = ()
) -> None:
    """Raise UsageError where a file cannot be written, or is to hold more than one output.

    `files` are named as for `require_writable`; `more` are checked already, but for the second.
    `read` are files that are read as well, and must not be lost.
    """
    require_writable(files)
    named = [path for path in (*files.values(), *more) if path is not None]
    replaced = Counter(os.path.realpath(path) for path in named if is_regular_or_new(path))
    inputs = {os.path.realpath(path) for path in read if path is not None}
    for path in named:
        if os.path.realpath(path) in inputs & replaced.keys():
            raise UsageError(f"{path}: is read as well, and would be overwritten: name another")
        if replaced[os.path.realpath(path)] > 1:
            raise UsageError(f"{path}: is named for two outputs, and only one would be left")
    to_output = [flag for flag, path in files.items() if is_standard_output(path)]
    to_output += [f"{JUNIT} {path}" for path in more if is_standard_output(path)]
    if len(to_output) > 1:
        raise UsageError(f"{' and '.join(to_output)}: only one of them can be standard output")


def require_writable(paths: Mapping[str, str | None]) -> None:
    """Raise UsageError for a file that cannot be written; called before anything is run.

    `paths` are the files by the flag of the option that names each.
    """
    for flag, path in paths.items():
        if path is not None and not can_be_written(path):
            raise UsageError(
                f"{flag} {path}: cannot be written; name a file in a folder that exists and may "
                "be written to"
            )
