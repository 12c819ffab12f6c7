"""Namespaces of a process's own, and what is set up in them (namespaces(7)).

Root makes a network or a mount namespace as it is. Others make a user namespace around it, in which
they keep their own ids (user_namespaces(7)).

The chamber (`target.chamber`) is made of these. The keeper loads this file as well, for a target
that is to have more than that to itself, so it imports little:

* an /etc/hosts that begins with lines of ours, so that a name has the addresses that we choose.
  The file is in a tmpfs that only this mount namespace knows: nothing of it can be left over;
* a network in which nothing listens, and which has one ephemeral port. It is not the one that the
  target connects to, until the keeper is told so: then the next connection is made from the very
  port that it is made to, and TCP lets a socket connect to itself (RFC 9293, 3.5).
"""

import contextlib
import ctypes
import fcntl
import os
import socket
import struct
from collections.abc import Sequence
from typing import Any

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
CAPABILITIES_VERSION_3 = 0x20080522
MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 1 << 12, 1 << 14, 1 << 18, 2
"""Numbers of unshare(2), netdevice(7), capset(2) and mount(2)."""

HOSTS = "/etc/hosts"
RESOLVER = "/etc/host.conf"
ALL_ADDRESSES = "multi on\n"
"""Has a lookup return every address that a name has in /etc/hosts (host.conf(5))."""

_WHILE_IT_IS_MADE = "/tmp"
"""Where the tmpfs is mounted until its files are in their places; any folder would do."""

_NET = "/proc/sys/net/ipv4/"
_libc = ctypes.CDLL(None, use_errno=True)


def enter(flags: int) -> None:
    """Move this process into new namespaces. It must have one thread only. Raises OSError."""
    if os.geteuid() == 0:
        unshare(flags)
        return
    user, group = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER | flags)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        _write(f"/proc/self/{name}", text)


def unshare(flags: int) -> None:
    """Leave the namespaces of these kinds for new ones. Raises OSError."""
    if _libc.unshare(flags) != 0:
        raise _last_error()


def join(namespace: int, kind: int) -> None:
    """Move this thread into a namespace, given as a descriptor (setns(2)). Raises OSError."""
    if _libc.setns(namespace, kind) != 0:
        raise _last_error()


def get_ipv4(name: str) -> str:
    """Return one of the network namespace's settings of TCP and IP. Raises OSError."""
    with open(_NET + name, encoding="utf-8") as file:
        return file.read()


def set_ipv4(name: str, value: str) -> None:
    """Set one of the network namespace's settings of TCP and IP. Raises OSError."""
    _write(_NET + name, value)


def without_ipv6(device: str) -> None:
    """Let a device of the network namespace have no address of IPv6. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):  # A kernel without IPv6.
        _write(f"/proc/sys/net/ipv6/conf/{device}/disable_ipv6", "1")


def _write(path: str, text: str) -> None:
    # The kernel takes these files in one write(2).
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def bring_loopback_up() -> None:
    """Give the network namespace its loopback addresses. Raises OSError."""
    request = struct.Struct("16sH14x")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        answer = fcntl.ioctl(control, SIOCGIFFLAGS, request.pack(b"lo", 0))
        _, flags = request.unpack(answer)
        fcntl.ioctl(control, SIOCSIFFLAGS, request.pack(b"lo", flags | IFF_UP))


def drop_capabilities() -> None:
    """Give up what a new user namespace grants its maker: files are to be as closed as before.

    Raises OSError.
    """
    header = struct.pack("Ii", CAPABILITIES_VERSION_3, 0)
    if _libc.capset(header, bytes(24)) != 0:
        raise _last_error()


REFUSED = "no namespace: "
"""How the reason begins for which a target cannot have what it is to have to itself."""


def give(wanted: dict[str, Any]) -> str:
    """Give this process, and all that it starts, what `target.inherited` asks for.

    Returns why that cannot be, in words, "" where it was done. The capabilities that come with a
    user namespace are this process's alone: execve(2) takes them from an ordinary user's command.
    """
    hosts, port = wanted.get("hosts"), wanted.get("alone_with_port")
    if not hosts and not port:
        return ""
    try:
        if hosts:
            _give_hosts(hosts)
        if port:
            _give_network(port)
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        return f"{REFUSED}{error.strerror}{place}"
    return ""


def _give_hosts(hosts: Sequence[tuple[str, str]]) -> None:
    """Have /etc/hosts begin with these pairs of an address and a name, in this order."""
    with open(HOSTS, encoding="utf-8", errors="surrogateescape") as file:
        usual = file.read()
    lines = "".join(f"{address} {name}\n" for address, name in hosts)
    enter(CLONE_NEWNS)
    # Nothing that is mounted from here on is to be seen elsewhere.
    _mount("none", "/", flags=MS_REC | MS_PRIVATE)
    _mount("none", _WHILE_IT_IS_MADE, "tmpfs")
    for place, text in ((HOSTS, lines + usual), (RESOLVER, ALL_ADDRESSES)):
        if os.path.exists(place):
            _cover(place, text)
    if _libc.umount2(_WHILE_IT_IS_MADE.encode(), MNT_DETACH) != 0:
        raise _last_error()
    names = [name for _, name in hosts]
    for name in set(names):
        _require_all(name, names.count(name))


def _cover(place: str, text: str) -> None:
    path = os.path.join(_WHILE_IT_IS_MADE, os.path.basename(place))
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    _mount(path, place, flags=MS_BIND)


def _require_all(name: str, count: int) -> None:
    """Raise OSError where a lookup does not return so many addresses."""
    try:
        found = {
            address
            for family, _, _, _, address in socket.getaddrinfo(
                name.encode(), 0, socket.AF_UNSPEC, socket.SOCK_STREAM
            )
        }
    except socket.gaierror as error:
        raise OSError(error.errno, f"names in {HOSTS} are not found: {error.strerror}") from None
    if len(found) != count:
        raise OSError(0, f"{len(found)} of {count} addresses of a name in {HOSTS} are found")


def _give_network(port: int) -> None:
    enter(CLONE_NEWNET)
    set_ipv4("ip_unprivileged_port_start", "0")
    use_port(port - 1)
    bring_loopback_up()


def use_port(port: int) -> None:
    """Make this the only ephemeral port of the network. Raises OSError."""
    set_ipv4("ip_local_port_range", f"{port} {port}")


def _mount(what: str, place: str, kind: str = "", flags: int = 0) -> None:
    if _libc.mount(what.encode(), place.encode(), kind.encode() or None, flags, None) != 0:
        raise _last_error()


def _last_error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
