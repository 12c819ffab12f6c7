"""The chamber: a private network in which a target runs (network_namespaces(7)).

A process that enters one has a loopback interface of its own, and so have all that it starts.
Nothing from outside gets in, and nothing gets out; ports are taken by nobody else, also those below
1024; connections in TIME_WAIT end with it. Root makes a network namespace; others make a user
namespace around it, in which they keep their own ids (user_namespaces(7)).

The kernel's table of sockets is small in a chamber, so that a dump of them is quick (sock_diag(7)
walks all of it). A namespace takes the size of its table from the one that it is made in, so two
are made, one in the other.
"""

import contextlib
import enum
import ipaddress
import os
import socket
from collections.abc import Callable

from target import namespaces
from target.errors import ShownError
from target.namespaces import CLONE_NEWIPC, CLONE_NEWNET

TABLE = 4096
"""Entries in the table of connections, a power of two; usual are a hundred thousand and more."""


class Network(enum.Enum):
    """In which network a target runs."""

    OWN = "own"
    WIRE = "wire"
    """Its own, and its peers on another host, with a wire between both (`faults.wire`)."""
    HOST = "host"


class ChamberError(ShownError):
    """No chamber can be made here; the message says why."""


def suits(host: str) -> bool:
    """Return whether a target with this numeric address can run in a chamber: a loopback one."""
    return ipaddress.ip_address(host).is_loopback


_entered: list[int] = []
"""The process that has entered a chamber, and so its forks; nothing where none has."""


def is_entered() -> bool:
    """Return whether this process is in a chamber, where nobody else has connections."""
    return bool(_entered)


def enter(with_rights: Callable[[], None] = lambda: None) -> None:
    """Move this process into a chamber of its own, for good. It must have one thread only.

    `with_rights` is called in it, while the process still has the rights of the chamber's maker.
    Raises ChamberError; the process may be half in one then, and must end.
    """
    try:
        namespaces.enter(CLONE_NEWNET)
        _set("tcp_child_ehash_entries", TABLE)
        namespaces.unshare(CLONE_NEWNET)
        # What a target that is killed leaves of System V's IPC ends with it (sysvipc(7)).
        with contextlib.suppress(OSError):
            namespaces.unshare(CLONE_NEWIPC)
        _set("ip_unprivileged_port_start", 0)
        namespaces.bring_loopback_up()
        with_rights()
    except OSError as error:
        raise ChamberError(f"no network namespace can be made: {error.strerror}") from None
    if os.geteuid() != 0:
        _drop_capabilities()
    _entered.append(os.getpid())


def why_not() -> str:
    """Return why no chamber can be made here, in words; empty where one can. Tries it out."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _try(writing)
    os.close(writing)
    with open(reading, encoding="utf-8") as answer:
        words = answer.read()
    os.waitpid(child, 0)
    return "" if words == _WORKS else words or "the process that tried it ended"


_WORKS = "works"


def _try(writing: int) -> None:
    """Enter a chamber, connect to ourselves there, and end."""
    words = _WORKS
    try:
        enter()
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()).close()
    except (ChamberError, OSError) as error:
        words = str(error)
    finally:
        os.write(writing, words.encode())
        os._exit(0)


def _set(name: str, value: int) -> None:
    """Set one of the namespace's settings, where it has it and /proc/sys may be written."""
    with contextlib.suppress(OSError):
        namespaces.set_ipv4(name, str(value))


def _drop_capabilities() -> None:
    try:
        namespaces.drop_capabilities()
    except OSError as error:
        raise ChamberError(f"its capabilities cannot be given up: {error.strerror}") from None
