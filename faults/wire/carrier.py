"""The process between the two hosts: it carries frames, and does to them what the rules say.

It is forked from the process that enters the chamber, while that still has the rights of its maker;
it makes the hosts when it is first asked to. It also makes our sockets in the peer's host, and
passes them on (SCM_RIGHTS). Requests are pickled pairs of a name and arguments in SOCK_SEQPACKET
packets, each answered by a pair: whether it succeeded, and the answer or the reason in words.

It ends when the other end of its socket is closed, for whatever reason.
"""

import errno
import os
import pickle
import select
import signal
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NoReturn

from faults.wire import handshakes
from faults.wire.rules import CODES, FATES, Action, Rule, RuleBook
from faults.wire.segments import (
    HEADERS,
    Direction,
    Fate,
    Segment,
    parse,
    unreachable,
)
from faults.wire.sent import Sent
from faults.wire.tap import PACKET, open_tap, put
from target import hosts
from target.hosts import Hosts
from target.sock_diag import open_diag

LOGGED = 5000
"""Segments that are kept for the history: the first ones."""

SOME = 32
"""Frames of ours after which the answers to them are read: there is room for as many at least."""

AT_ONCE = 500
"""Segments in one answer."""


def run(control: socket.socket, parent: int) -> NoReturn:
    """Serve requests and carry frames until the other end is closed."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(ignored, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    os.closerange(3, control.fileno())
    os.closerange(control.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
    try:
        if os.getppid() == parent:
            Carrier(control).serve()
    finally:
        os._exit(0)


class Carrier:
    """Carries frames between two hosts, by rules."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._hosts: Hosts | None = None
        self._ways: dict[int, tuple[socket.socket, socket.socket, Direction]] = {}
        self._senders: dict[Direction, socket.socket] = {}
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._mtu = hosts.MTU
        self._fresh()

    def _fresh(self) -> None:
        self._book = RuleBook()
        self._log: list[Segment] = []
        self._sent = Sent()

    def serve(self) -> None:
        """Answer requests and carry frames; return when the other end is closed."""
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor != self._control.fileno():
                    self._carry_all(descriptor)
                elif not self._answer():
                    return

    # Requests.

    def _answer(self) -> bool:
        packet = self._control.recv(PACKET)
        if not packet:
            return False
        # What was sent before the request came meets the rules as they were then.
        for descriptor in self._ways:
            self._carry_all(descriptor)
        name, arguments, keywords = pickle.loads(packet)
        descriptors: list[int] = []
        try:
            result = _REQUESTS[name](self, *arguments, **keywords)
            if isinstance(result, socket.socket):
                descriptors, result = [result.detach()], None
            succeeded = True
        except OSError as error:
            succeeded, result = False, error.strerror or str(error)
        except Exception as error:
            succeeded, result = False, f"{type(error).__name__}: {error}"
        socket.send_fds(self._control, [pickle.dumps((succeeded, result))], descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def open(self, target_address: str) -> None:
        """Make the hosts, if they are not there yet. Raises OSError."""
        if self._hosts is not None:
            return
        made = hosts.make(target_address)
        peer, target = (open_tap(device) for device in made.devices)
        self._ways = {
            peer.fileno(): (peer, target, Direction.TO_TARGET),
            target.fileno(): (target, peer, Direction.FROM_TARGET),
        }
        self._senders = {Direction.TO_TARGET: target, Direction.FROM_TARGET: peer}
        for descriptor in self._ways:
            self._poll.register(descriptor, select.POLLIN)
        self._hosts = made

    def make_socket(self) -> socket.socket:
        """Return a TCP socket in the peer's host. Raises OSError."""
        made = self._required()
        with made.inside(made.peer):
            return socket.socket(socket.AF_INET, socket.SOCK_STREAM)

    def make_diag(self) -> socket.socket:
        """Return a socket that asks about the sockets of the peer's host. Raises OSError."""
        made = self._required()
        with made.inside(made.peer):
            return open_diag()

    def set_target(self, settings: dict[str, int]) -> dict[str, int]:
        """Change settings of TCP in the target's host; return what they were."""
        made = self._required()
        return made.set(made.target, settings)

    def begin(self) -> None:
        """Forget all rules and what they hold, and what was logged; the wire is whole again."""
        if self._mtu != hosts.MTU:
            self.set_mtu(hosts.MTU)
        self._fresh()

    def add(self, rule: Rule) -> int:
        """Put a rule in force; return its number."""
        return self._book.add(rule)

    def lift(self, number: int, *, released: bool) -> None:
        """Lift a rule; what it holds goes on, or is lost."""
        for segment, frame in self._book.lift(number):
            if released:
                self._send(segment, frame, Fate.RELEASED)

    def hits(self, number: int) -> int:
        """Return on how many segments a rule has acted."""
        return self._book.hits(number)

    def hits_again(self, number: int) -> int:
        """Return on how many segments that were sent again a rule has acted."""
        return self._book.hits_again(number)

    def window(self, direction: Direction, port: int) -> int | None:
        """Return the window field of the last segment of one side (port 0: of any)."""
        return self._sent.window(direction, port)

    def log(self, start: int) -> list[Segment]:
        """Return some of the segments, from the given one on."""
        return self._log[start : start + AT_ONCE]

    def begin_handshakes(self, target: tuple[str, int], count: int) -> None:
        """Send so many SYNs to the target, each from another port; no port ever answers."""
        self._forge(handshakes.syn, target, count)

    def end_handshakes(self, target: tuple[str, int], count: int) -> None:
        """Send an RST from each of these ports."""
        self._forge(handshakes.rst, target, count)

    def _forge(
        self, made: Callable[[tuple[str, int], int], bytes], target: tuple[str, int], count: int
    ) -> None:
        self._required()
        answers = self._senders[Direction.TO_TARGET].fileno()
        for number in range(count):
            frame = made(target, handshakes.FIRST_PORT + number)
            if (segment := parse(frame, Direction.TO_TARGET, time.monotonic())) is not None:
                self._send(segment, frame, Fate.PASSED)
            if number % SOME == 0:
                self._carry_all(answers)
        self._carry_all(answers)

    def set_mtu(self, mtu: int) -> None:
        """Set the size of the largest packet. Raises OSError."""
        hosts.set_mtu(self._required(), mtu)
        self._mtu = mtu

    def _required(self) -> Hosts:
        if self._hosts is None:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return self._hosts

    # Frames.

    def _carry_all(self, descriptor: int) -> None:
        source, _, direction = self._ways[descriptor]
        # A bound, so that requests are answered in the middle of a bulk transfer.
        for _ in range(64):
            try:
                frame = source.recv(PACKET, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            self._carry(frame, direction)

    def _carry(self, frame: bytes, direction: Direction) -> None:
        segment = parse(frame, direction, time.monotonic())
        if segment is None:
            self._put(frame, direction)
            return
        segment = self._sent.follow(segment)
        entry = self._book.decide(segment) if self._book.entries else None
        if entry is None:
            self._send(segment, frame, Fate.PASSED)
            for late, its_frame in self._book.overtaken_by(segment):
                self._send(late, its_frame, Fate.RELEASED)
            return
        action = entry.rule.action
        self._note(segment, FATES[action])
        if action in (Action.HOLD, Action.OVERTAKEN):
            entry.held.append((segment, frame))
        elif action is Action.DOUBLE:
            self._put(frame, direction)
            self._put(frame, direction)
        elif action in CODES:
            self._put(unreachable(frame, CODES[action]), direction.back)

    def _send(self, segment: Segment, frame: bytes, fate: Fate) -> None:
        # What is carried at once has the time at which it came.
        late = fate is not Fate.PASSED
        self._note(replace(segment, at=time.monotonic()) if late else segment, fate)
        self._put(frame, segment.direction)

    def _put(self, frame: bytes, direction: Direction) -> None:
        if len(frame) - HEADERS > self._mtu:
            # It was on its way when packets became smaller: it is lost, as on any link.
            return
        put(self._senders[direction], frame)

    def _note(self, segment: Segment, fate: Fate) -> None:
        if len(self._log) < LOGGED and segment.port not in handshakes.UNLOGGED:
            self._log.append(segment if segment.fate is fate else replace(segment, fate=fate))


_REQUESTS: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        Carrier.open,
        Carrier.make_socket,
        Carrier.make_diag,
        Carrier.set_target,
        Carrier.begin,
        Carrier.add,
        Carrier.lift,
        Carrier.hits,
        Carrier.hits_again,
        Carrier.window,
        Carrier.log,
        Carrier.begin_handshakes,
        Carrier.end_handshakes,
        Carrier.set_mtu,
    )
}
