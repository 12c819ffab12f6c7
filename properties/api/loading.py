"""Importing our packages, also where the user has packages of the same names.

Installed, anechoic consists of `anechoic`, `target`, `faults` and `properties`. A project may well
have a package called `target` or `properties`, which Python finds first when the project's folder
is on the path before ours. So our folder is put first while our packages are loaded.
"""

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGES = ("target", "faults", "properties")

_HERE = Path(__file__).resolve().parent

ROOT = str(_HERE.parents[1] if _HERE.name == "api" else _HERE.parent)
"""The folder with our packages: where they are installed, or the checkout."""


def load(name: str) -> ModuleType:
    """Return one of our modules. Raises ImportError where other packages have taken its name."""
    if name in sys.modules and _is_ours(name):
        return sys.modules[name]
    sys.path.insert(0, ROOT)
    try:
        for package in PACKAGES:
            importlib.import_module(package)
            if not _is_ours(package):
                raise ImportError(
                    f"anechoic needs its own package {package!r}, and another one was imported "
                    f"before from {_folder(package)}: import anechoic first, or rename the other"
                )
        return importlib.import_module(name)
    finally:
        sys.path.remove(ROOT)


def lazy(
    module: str, names_of: Mapping[str, Iterable[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a module whose names are imported on their first use.

    `names_of` has the names by the module that defines them.
    """
    where = {name: origin for origin, names in names_of.items() for name in names}

    def get(name: str) -> Any:
        if name == "__version__":
            # It takes as long to load as all that is loaded before the first use.
            return importlib.import_module("importlib.metadata").version("anechoic")
        if name not in where:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        value = getattr(load(where[name]), name)
        setattr(sys.modules[module], name, value)
        return value

    return get, lambda: sorted(sys.modules[module].__all__)


def put_first() -> None:
    """Let this process, and xdist's workers, which get its path, find our packages first."""
    sys.path[:] = [ROOT, *(entry for entry in sys.path if entry != ROOT)]


def _folder(name: str) -> str:
    module = sys.modules[name]
    return str(Path(getattr(module, "__file__", None) or next(iter(module.__path__))).parent)


def _is_ours(name: str) -> bool:
    return Path(_folder(name)).resolve().is_relative_to(ROOT)
