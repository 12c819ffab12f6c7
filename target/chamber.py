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
import ctypes
import enum
import fcntl
import ipaddress
import os
import socket
import struct
from collections.abc import Callable

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
CAPABILITIES_VERSION_3 = 0x20080522
"""Numbers of unshare(2), netdevice(7) and capset(2)."""

TABLE = 4096
"""Entries in the table of connections, a power of two; usual are a hundred thousand and more."""

_NET = "/proc/sys/net/ipv4/"
_libc = ctypes.CDLL(None, use_errno=True)


class Network(enum.Enum):
    """In which network a target runs."""

    OWN = "own"
    WIRE = "wire"
    """Its own, and its peers on another host, with a wire between both (`faults.wire`)."""
    HOST = "host"


class ChamberError(Exception):
    """No chamber can be made here; the message says why."""


def suits(host: str) -> bool:
    """Return whether a target with this numeric address can run in a chamber: a loopback one."""
    return ipaddress.ip_address(host).is_loopback


def enter(with_rights: Callable[[], None] = lambda: None) -> None:
    """Move this process into a chamber of its own, for good. It must have one thread only.

    `with_rights` is called in it, while the process still has the rights of the chamber's maker.
    Raises ChamberError; the process may be half in one then, and must end.
    """
    try:
        if os.geteuid() == 0:
            _unshare(CLONE_NEWNET)
        else:
            _enter_user_namespace()
        _set("tcp_child_ehash_entries", TABLE)
        _unshare(CLONE_NEWNET)
        _set("ip_unprivileged_port_start", 0)
        _bring_loopback_up()
        with_rights()
    except OSError as error:
        raise ChamberError(f"no network namespace can be made: {error.strerror}") from None
    if os.geteuid() != 0:
        _drop_capabilities()


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


def _enter_user_namespace() -> None:
    user, group = os.geteuid(), os.getegid()
    _unshare(CLONE_NEWUSER | CLONE_NEWNET)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        _write(f"/proc/self/{name}", text)


def _unshare(flags: int) -> None:
    if _libc.unshare(flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _set(name: str, value: int) -> None:
    """Set one of the namespace's settings, where it has it and /proc/sys may be written."""
    with contextlib.suppress(OSError):
        _write(_NET + name, str(value))


def _write(path: str, text: str) -> None:
    # The kernel takes these files in one write(2).
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _bring_loopback_up() -> None:
    request = struct.Struct("16sH14x")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        answer = fcntl.ioctl(control, SIOCGIFFLAGS, request.pack(b"lo", 0))
        _, flags = request.unpack(answer)
        fcntl.ioctl(control, SIOCSIFFLAGS, request.pack(b"lo", flags | IFF_UP))


def _drop_capabilities() -> None:
    """Give up what a new user namespace grants its maker: files are to be as closed as before."""
    header = struct.pack("Ii", CAPABILITIES_VERSION_3, 0)
    if _libc.capset(header, bytes(24)) != 0:
        number = ctypes.get_errno()
        raise ChamberError(f"its capabilities cannot be given up: {os.strerror(number)}")
