"""Our end of the wire: what faults ask of the process that carries the segments.

One is made for each process that enters a chamber (`stand_by`), and makes its hosts when a workload
first needs them.
"""

import atexit
import os
import pickle
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from faults.wire import carrier
from faults.wire.rules import Rule
from faults.wire.segments import Direction, Segment
from faults.wire.tap import PACKET
from target import hosts
from target.sockets import Endpoint

NO_CHAMBER = "the target runs in this machine's network: a wire needs one of its own"
ONLY_IPV4 = "the wire carries IPv4 alone"
LOST = "the process that carries the segments between both hosts was ended from outside"


class WireError(OSError):
    """The wire cannot be had, or is there no more; the message says why."""


class WireLostError(WireError):
    """What carries the segments was ended from outside; the target's host is left as it was set."""


class Wire:
    """The wire between the target's host and the peer's. Raises WireError where it is gone."""

    def __init__(self, control: socket.socket, carried_by: int) -> None:
        self._control = control
        self._carried_by = carried_by
        self._usual: dict[str, int] = {}

    def open(self, target_address: str) -> None:
        """Make the hosts, if they are not there yet; the target listens at this address."""
        self._ask("open", target_address)

    def make_socket(self) -> socket.socket:
        """Return a TCP socket in the peer's host."""
        return self._made("make_socket")

    def make_diag(self) -> socket.socket:
        """Return a socket that asks about the sockets of the peer's host (`target.netstat`)."""
        return self._made("make_diag")

    def _made(self, request: str) -> socket.socket:
        self._send(request)
        _, descriptors = self._receive()
        return socket.socket(fileno=descriptors[0])

    def make_brisk(self) -> None:
        """Let the target's host soon learn of one that does not answer, until `make_usual`."""
        self._usual = {**self._set_target(hosts.BRISK), **self._usual}

    def make_usual(self) -> None:
        """Give the target's host its usual settings back."""
        if self._usual:
            self._set_target(self._usual)
            self._usual = {}

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Let the target's host give up within a second on a silent one, meanwhile."""
        with self.target_set(hosts.IMPATIENT):
            yield

    @contextmanager
    def target_set(self, settings: Mapping[str, int]) -> Iterator[dict[str, int]]:
        """Change settings of the target's host, meanwhile; gives those it knows, as they were."""
        before = self._set_target(settings)
        try:
            yield before
        finally:
            self._set_target(before)

    def _set_target(self, settings: Mapping[str, int]) -> dict[str, int]:
        before: dict[str, int] = self._ask("set_target", settings)
        return before

    def begin(self) -> None:
        """Make the wire whole: no rule is in force, nothing is held, nothing was logged."""
        self._ask("begin")

    def add(self, rule: Rule) -> int:
        """Put a rule in force; return its number."""
        number: int = self._ask("add", rule)
        return number

    def lift(self, number: int, *, released: bool = True) -> None:
        """Lift a rule; what it holds goes on, or is lost. Idempotent."""
        self._ask("lift", number, released=released)

    def hits(self, number: int) -> int:
        """Return on how many segments a rule has acted."""
        count: int = self._ask("hits", number)
        return count

    def hits_again(self, number: int) -> int:
        """Return on how many segments that were sent again a rule has acted."""
        count: int = self._ask("hits_again", number)
        return count

    def window(self, direction: Direction, port: int = 0) -> int | None:
        """Return the window field of the last segment of one side (port 0: of any)."""
        found: int | None = self._ask("window", direction, port)
        return found

    def begin_handshakes(self, target: Endpoint, count: int) -> None:
        """Send so many SYNs to the target, each from another port (`handshakes.UNANSWERED`)."""
        self._ask("begin_handshakes", (target.host, target.port), count)

    def end_handshakes(self, target: Endpoint, count: int) -> None:
        """Send an RST from each of these ports."""
        self._ask("end_handshakes", (target.host, target.port), count)

    def set_mtu(self, mtu: int) -> None:
        """Set the size of the largest packet on the link, in bytes, until `begin`."""
        self._ask("set_mtu", mtu)

    def log(self) -> tuple[Segment, ...]:
        """Return the first segments since `begin`: `carrier.LOGGED` at the most."""
        found: list[Segment] = []
        while some := self._ask("log", len(found)):
            found += some
        return tuple(found)

    @contextmanager
    def ruled(self, rule: Rule, *, released: bool = True) -> Iterator[int]:
        """Keep a rule in force meanwhile; gives its number. What it still holds then goes on."""
        number = self.add(rule)
        try:
            yield number
        finally:
            self.lift(number, released=released)

    def close(self) -> None:
        """End the process that carries; both hosts go with it. Idempotent."""
        if self._control.fileno() >= 0:
            self._control.close()
            os.waitpid(self._carried_by, 0)

    def _ask(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        self._send(name, *arguments, **keywords)
        return self._receive()[0]

    def _send(self, name: str, *arguments: Any, **keywords: Any) -> None:
        try:
            self._control.send(pickle.dumps((name, arguments, keywords)))
        except OSError as error:
            raise WireLostError(LOST) from error

    def _receive(self) -> tuple[Any, list[int]]:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, PACKET, 1)
        except OSError as error:
            raise WireLostError(LOST) from error
        if not packet:
            raise WireLostError(LOST)
        succeeded, answer = pickle.loads(packet)
        if not succeeded:
            raise WireError(f"what carries its segments could not: {answer}")
        return answer, descriptors


class _Place:
    """Where the wire of this process is."""

    wire: Wire | None = None
    owner = 0


def stand_by() -> None:
    """Fork what will carry segments, from a process that is in a chamber and has its rights.

    Where that cannot be done there is no wire; nothing else is changed.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    parent = os.getpid()
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        child = os.fork()
        if child == 0:
            ours.close()
            carrier.run(theirs, parent)
    except OSError:
        ours.close()
        return
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        theirs.close()
    _Place.wire, _Place.owner = Wire(ours, child), parent
    atexit.register(partial(_end, parent))


def of_this_process() -> Wire | None:
    """Return the wire of the chamber that this process is in, None where there is none."""
    return _Place.wire if _Place.owner == os.getpid() else None


def end() -> None:
    """End this process's wire, if it has one: for one that ends without atexit's calls."""
    _end(os.getpid())


def _end(owner: int) -> None:
    if os.getpid() == owner == _Place.owner and _Place.wire is not None:
        _Place.wire.close()
        _Place.wire = None


def why_none(host: str) -> str:
    """Return why a target at this address cannot be reached over a wire; empty where it can."""
    if of_this_process() is None:
        return NO_CHAMBER
    return ONLY_IPV4 if ":" in host else ""


PEER = hosts.PEER
"""The address of our sockets on the wire."""
