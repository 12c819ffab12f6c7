"""Ports that do not collide, between workers of one run and between runs on one machine.

A port is reserved by binding an abstract Unix socket (unix(7)) named after it: the kernel releases
the name when its owner ends, however it ends, and no file is left. Ports are taken from below the
ephemeral range (ip(7)), so that no outgoing connection can occupy one in between.
"""

import errno
import itertools
import os
import socket
from dataclasses import dataclass

from target.errors import TargetError

FIRST_PORT = 15000
"""Above the registered ports that development machines commonly use, below the ephemeral ones."""


SELF_PATIENCE = 3.0
"""Seconds for a connection to ourselves; only a firewall that drops all needs them."""

_reserved = itertools.count()
"""Moves on with each reservation: the last server's port has connections in TIME_WAIT."""


@dataclass
class Reservation:
    """A port that is ours until `release` is called or this process ends."""

    port: int
    _lock: socket.socket

    def release(self) -> None:
        """Give the port back. Idempotent."""
        self._lock.close()


def reserve(host: str, port: int | None = None) -> Reservation:
    """Reserve `port`, or any free port when it is None.

    A port of our choice has no connections in TIME_WAIT: with them a server that does not set
    SO_REUSEADDR could not start.

    Raises TargetError when the port is taken, by another run or by any socket.
    """
    if port is not None:
        return _reserve_this(host, port)
    last = _first_ephemeral_port()
    span = last - FIRST_PORT
    # Each process starts its search elsewhere, so that workers seldom collide.
    start = (os.getpid() * 101 + next(_reserved)) % span
    for step in range(span):
        candidate = FIRST_PORT + (start + step) % span
        lock = _lock(candidate)
        if lock is not None:
            if is_free(host, candidate, in_time_wait=False):
                return Reservation(candidate, lock)
            lock.close()
    problem = _bind_problem(host, 0)
    if problem == errno.EADDRNOTAVAIL:
        raise TargetError(_PROBLEMS[problem].format(host=host))
    raise TargetError(f"no free port between {FIRST_PORT} and {last} on {host}")


def is_free(host: str, port: int, *, in_time_wait: bool = True) -> bool:
    """Return whether a server could bind this port now, on `host` and on all addresses.

    `in_time_wait`: also one that has connections in TIME_WAIT, which needs SO_REUSEADDR (UNP 7.5).
    """
    return _bind_problem(host, port, in_time_wait) is None


def connection_problem(host: str) -> str:
    """Return why no connection to this address of our machine can be made; empty where one can.

    An address that is not ours is another problem, which `reserve` tells.
    """
    if not is_free(host, 0):
        return ""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, 0), family=family) as listening:
            socket.create_connection(listening.getsockname()[:2], SELF_PATIENCE).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _bind_problem(host: str, port: int, in_time_wait: bool = True) -> int | None:
    """Return the errno for which this port cannot be bound, None when it can."""
    for address in (host, "::" if ":" in host else "0.0.0.0"):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, in_time_wait)
            try:
                probe.bind((address, port))
            except OSError as error:
                return error.errno or errno.EADDRINUSE
    return None


def _reserve_this(host: str, port: int) -> Reservation:
    lock = _lock(port)
    if lock is None:
        raise TargetError(f"port {port} is used by another anechoic run: wait, or choose another")
    problem = _bind_problem(host, port)
    if problem is not None:
        lock.close()
        raise TargetError(
            _PROBLEMS.get(problem, "port {port} on {host}: {why}").format(
                port=port, host=host, why=os.strerror(problem)
            )
        )
    return Reservation(port, lock)


_PROBLEMS = {
    errno.EADDRINUSE: "port {port} is in use already: stop what listens there, or choose another "
    "--port",
    errno.EADDRNOTAVAIL: "{host} is no address of this machine: choose another --host",
    errno.EACCES: "port {port} may not be used without privileges: choose one above 1023",
}


def _lock(port: int) -> socket.socket | None:
    lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        lock.bind(f"\0anechoic-port-{port}")
    except OSError:
        lock.close()
        return None
    return lock


def _first_ephemeral_port() -> int:
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
            first = int(file.read().split()[0])
    except OSError:
        first = 32768
    return first if first > FIRST_PORT + 1000 else 32768
