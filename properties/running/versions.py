"""The versions of Python and of the packages that take part in a run."""

import platform
from importlib import metadata


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that take part in a run."""
    names = ("anechoic", "hypothesis", "pytest", "pytest-xdist", "psutil", "pyroute2")
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in names}}


def versions_in_words() -> str:
    """Return the versions in words."""
    return ", ".join(f"{name} {version}" for name, version in versions().items())
