"""A program: say what the machine on which it runs has of what a worker needs.

It is sent as text to an interpreter that may know nothing of ours (execnet), so it imports nothing
that must be installed until it has looked.
"""

import importlib.util
import os
import platform
import shutil
from importlib import metadata
from typing import Any


def version_of(name: str) -> str:
    """Return the version of an installed package, "" where there is none."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def no_gate() -> str:
    """Return why there is no gate, "" where there is one."""
    if importlib.util.find_spec("faults") is None:
        return ""
    return str(importlib.import_module("faults.gate.kernel").unavailable() or "")


def found_here(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what there is: versions, the program, which of the files are missing."""
    program, files = asked["program"], asked["files"]
    return {
        "python": platform.python_version(),
        "anechoic": version_of("anechoic"),
        "program": not program or shutil.which(program) is not None,
        "missing": [path for path in files if not os.path.exists(path)],
        "no_gate": no_gate(),
    }


if __name__ == "__channelexec__":
    channel.send(found_here(channel.receive()))  # type: ignore[name-defined]  # noqa: F821
