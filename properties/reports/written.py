"""What a run leaves in files: the JSON object of `--json`, the page of `--html`."""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from properties.preflight import Refusal
from properties.references import merged
from properties.reports import html, stream
from properties.run import Run


def _as_json(runs: Sequence[Run]) -> str:
    told = merged(runs) if len(runs) > 1 else runs[0].as_json()
    return json.dumps(told, indent=2) + "\n"


WRITERS: dict[str, Callable[[Sequence[Run]], str]] = {
    "anechoic_json": _as_json,
    "anechoic_html": html.page,
}
"""What is written, by the option that names its file."""


def write(runs: Sequence[Run], get: Callable[[str], Any]) -> None:
    """Write what was asked for; `get` returns options by name. Nothing of no run."""
    for option, text_of in WRITERS.items():
        if runs and (path := get(option)):
            Path(path).write_text(text_of(runs), encoding="utf-8")


def require_writable(
    values: Mapping[str, Any], options: Iterable[str] = (*WRITERS, stream.OPTION)
) -> None:
    """Raise Refusal for a file that could not be written in the end, before anything is run."""
    for option in options:
        path = values.get(option)
        if path is None or (option, path) == (stream.OPTION, stream.OUTPUT):
            continue
        if not _can_be_written(Path(path)):
            name = option.removeprefix("anechoic_")
            raise Refusal(
                f"--{name} {path}: cannot be written; name a file in a folder that exists and may "
                "be written to"
            )


def _can_be_written(path: Path) -> bool:
    try:
        if path.exists():
            return not path.is_dir() and os.access(path, os.W_OK)
        return os.access(path.resolve().parent, os.W_OK)
    except OSError:
        return False
