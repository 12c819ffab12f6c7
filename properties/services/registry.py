"""The services that `--service` and saved cases name."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from properties.model.oracle import Echo, Service
from properties.model.target_spec import RoleName
from properties.services.builtin import Chargen, Daytime, Discard, Lines, Time, Unknown
from properties.services.played import PlayedUnknown, played
from properties.services.python_object import load_service
from properties.services.table import SUFFIX, ServiceError, Table, read_table, table_of

ECHO = "echo"

SERVICES: dict[str, Callable[[], Service]] = {
    ECHO: Echo,
    "discard": Discard,
    "chargen": Chargen,
    "lines": Lines,
    "daytime": Daytime,
    "time": Time,
    "none": Unknown,
}
"""The services with a name of their own. A new one is one line here."""

FOR_CLIENTS = (ECHO, "lines", "none")
"""Those that we play for a client, which goes on typing."""


def service_called(words: str, role: RoleName) -> Service:
    """Return the service that the user names, for targets of this role. Raises ServiceError."""
    if role is RoleName.CLIENT and words in SERVICES and words not in FOR_CLIENTS:
        known = ", ".join(FOR_CLIENTS)
        raise ServiceError(f"{words}: clients are tested with {known}, or a table: name one")
    if words in SERVICES:
        return _for_role(SERVICES[words](), role)
    if words.endswith(SUFFIX):
        return _for_role(read_table(Path(words)), role)
    if ":" in words:
        return load_service(words)
    known = ", ".join(SERVICES)
    raise ServiceError(
        f"{words}: there is no such service; known are {known}; "
        "FILE.toml is a table, MODULE:OBJECT one in Python"
    )


def _for_role(service: Service, role: RoleName) -> Service:
    if role is not RoleName.CLIENT:
        return service
    if isinstance(service, Table):
        return played(service)
    return PlayedUnknown() if isinstance(service, Unknown) else service


def is_same(one: str, other: str) -> bool:
    """Return whether both name the same service: tables are the same by their files."""
    both = (one, other)
    are_tables = all(name.endswith(SUFFIX) for name in both)
    return one == other or (are_tables and len(set(map(os.path.realpath, both))) == 1)


def name_of(service: Service) -> str:
    """Return the name of a service for a saved case.

    One that has no name is named by its file, or by its module and class; only Python code can
    replay the latter.
    """
    if isinstance(service, Table):
        return service.name
    kind = Unknown if isinstance(service, PlayedUnknown) else type(service)
    named = (name for name, make in SERVICES.items() if make is kind)
    return next(named, f"{kind.__module__}:{kind.__qualname__}")


def table_in(service: Service) -> Mapping[str, Any] | None:
    """Return the table that a service is, as data for a saved case; None where it is none."""
    return service.data if isinstance(service, Table) else None


def saved_service(
    name: str, table: Mapping[str, Any] | None, role: RoleName = RoleName.SERVER
) -> Service | None:
    """Return the service of a saved case, None where only Python code has it.

    Raises ServiceError.
    """
    if table is not None:
        return _for_role(table_of(table, name), role)
    return _for_role(SERVICES[name](), role) if name in SERVICES else None
