"""The echo servers and clients of other people: the ready list of `anechoic compare`."""

from dataclasses import replace
from pathlib import Path

from properties.compare.implementation import Implementation, missing
from properties.compare.implementation import build as build_into
from properties.compare.implementation_list import READY, read
from properties.model.target_spec import RoleName
from tests.compiled import made_once

__all__ = ["CLIENTS", "IMPLEMENTATIONS", "Implementation", "build", "missing"]

_ALL = read(READY)
IMPLEMENTATIONS = tuple(one for one in _ALL if one.role is RoleName.SERVER)
CLIENTS = tuple(one for one in _ALL if one.role is RoleName.CLIENT)

SOURCES = sorted(path for path in (READY.parent / "programs").iterdir() if path.is_file())


def build(implementation: Implementation) -> tuple[str, ...]:
    """Return the command of an implementation, compiled once for all tests if it has to be."""

    def make(folder: Path) -> None:
        build_into(implementation, folder)

    if not implementation.compiler:
        return build_into(implementation, READY.parent)
    words = (implementation.identifier, *implementation.compiler)
    folder = made_once(words, SOURCES, make)
    return build_into(replace(implementation, compiler=()), folder)
