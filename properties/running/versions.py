"""The versions of Python and of the packages that take part in a run."""

import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that take part in a run."""
    names = ("anechoic", "hypothesis", "pytest", "pytest-xdist", "psutil", "pyroute2")
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in names}}


def origin_here() -> dict[str, Any]:
    """Return where a run of this process runs: `platform` and `versions`."""
    return {"platform": platform.platform(), "versions": versions()}


def versions_in_words(of: Mapping[str, str] | None = None) -> str:
    """Return versions in words, those of this process unless others are given."""
    known = versions() if of is None else of
    return ", ".join(f"{name} {version}" for name, version in known.items())
