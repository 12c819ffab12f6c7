"""The tester's end of the keeper: start a command under it, query it, stop it.

See `target.keeper` for the processes and the messages.
"""

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from target import descendants, keeper, limits, namespaces
from target.confinement import Confinement
from target.errors import GateError, NamespaceError, NotStartedError, TargetError
from target.inherited import NOTHING_UNUSUAL, Inherited
from target.proc import require_proc

NO_GATE = "no gate: "
"""How a keeper's reason begins where the kernel refuses a gate (`target.gating`)."""

NO_REASON = "the process that is to hold it has failed"

NO_ANSWER = "the process that is to hold it was ended from outside before it could"

STOP_PATIENCE = 30.0
"""Seconds for a keeper to kill and reap everything; only a process stuck in the kernel needs it."""


class Nursery:
    """The process that forks keepers; started at first use, ended with this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._owner = 0
        self._end: Callable[[], None] = lambda: None

    def request(self, message: Mapping[str, Any], descriptors: Sequence[int]) -> None:
        """Have a keeper forked for `message`, with its end of a socket pair and the streams."""
        packet = json.dumps(message).encode()
        if len(packet) > keeper.PACKET:
            raise TargetError("the command line and its environment are longer than 1 MiB")
        with self._lock:
            try:
                socket.send_fds(self._connection(), [packet], descriptors)
            except OSError:
                # The nursery was ended from outside; its keepers live on.
                self._socket = None
                socket.send_fds(self._connection(), [packet], descriptors)

    def _connection(self) -> socket.socket:
        if self._socket is None or self._owner != os.getpid():
            require_proc()
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            _allow_large_packets(ours)
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", keeper.__file__, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
            theirs.close()
            self._socket, self._owner = ours, os.getpid()
            self._end = partial(_end_nursery, ours, process, self._owner)
            atexit.register(self._end)
        return self._socket

    def end(self) -> None:
        """End the nursery, if this process has started one. Idempotent."""
        if self._owner == os.getpid() and self._socket is not None:
            self._end()
            self._socket = None


def end_nursery() -> None:
    """End this process's nursery, if it has one: for a process that ends without atexit's calls."""
    _nursery.end()


def _end_nursery(connection: socket.socket, process: subprocess.Popen[bytes], owner: int) -> None:
    """End the nursery by the end of its socket, and reap it; not from a fork of its owner."""
    if os.getpid() == owner:
        connection.close()
        process.wait(STOP_PATIENCE)


def _allow_large_packets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * keeper.PACKET)


_nursery = Nursery()


class Kept:
    """One command under a keeper.

    `pid` is the command's process, `keeper_pid` the keeper's. `ended` maps each child of the keeper
    that has ended, the command and adopted orphans, to its wait(2) status.
    """

    def __init__(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        folder: str,
        streams: Sequence[int] = (),
        program: bytes = b"",
        *,
        open_input: bool = False,
        inherited: Inherited = NOTHING_UNUSUAL,
        confined: Confinement | None = None,
        as_it_is: bool = False,
    ) -> None:
        """Start `argv` in `folder`. Raises TargetError when it cannot be executed.

        `program` is a seccomp filter whose notifications are then read from `gate`. Raises
        GateError where the kernel refuses it, NamespaceError where `inherited` asks for a namespace
        that cannot be made.
        `streams` are descriptors for its standard input, output and error. Without them its input
        is empty, or with `open_input` it never ends, and the end of what it writes is kept.
        `inherited` is what else it inherits. With `confined` it runs in a sandbox. `as_it_is`:
        `{dir}` in a word stands for nothing.
        """
        self.ended: dict[int, int] = {}
        self._output = ""
        message: dict[str, Any] = {"argv": list(argv), "env": dict(environment), "cwd": folder}
        message["limits"] = limits.of_the_user()
        if open_input:
            message["open_input"] = True
        if as_it_is:
            message["as_it_is"] = True
        if inherited != NOTHING_UNUSUAL:
            message["inherited"] = inherited.as_data()
        if confined is not None:
            message["confined"] = confined.as_data()
        if program:
            message["filter"] = program.hex()
        # Where there is no answer, nursery or keeper was ended from outside; another is made once.
        first = self._ask(message, streams) or self._ask(message, streams)
        try:
            if first is None or first["event"] != "started":
                reason = first.get("reason", NO_REASON) if first else NO_ANSWER
                if reason.startswith(NO_GATE):
                    raise GateError(reason.removeprefix(NO_GATE))
                if reason.startswith(namespaces.REFUSED):
                    raise NamespaceError(reason.removeprefix(namespaces.REFUSED))
                raise NotStartedError(f"cannot start {argv[0]!r}: {reason}")
        except BaseException:
            self._socket.close()
            raise
        self.pid: int = first["pid"]
        self.keeper_pid: int = first["keeper"]
        self.ours: tuple[int, ...] = tuple(filter(None, (self.keeper_pid, first["init"])))
        """The processes that reap orphans: the keeper, and the first one of a PID namespace."""
        self.gate: int | None = first.get("gate")
        """The descriptor from which held calls are read. The caller that takes it owns it."""

    def _ask(self, message: Mapping[str, Any], streams: Sequence[int]) -> dict[str, Any] | None:
        """Have a keeper made; return its first message, None where it ended before that."""
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        first = None
        try:
            with theirs:
                _allow_large_packets(theirs)
                _nursery.request(message, [theirs.fileno(), *streams])
            first = self._receive()
        finally:
            if first is None:
                self._socket.close()
        return first

    def poll(self) -> None:
        """Ask the keeper which of its children have ended."""
        self._order({"do": "report"})

    def use_port(self, port: int) -> None:
        """Make this the only ephemeral port of the network that the target has to itself."""
        self._order({"do": "use_port", "port": port})

    def _order(self, order: dict[str, Any]) -> None:
        if self._send(order) and (report := self._receive()) is not None:
            if report["event"] != "report":
                return
            self.ended.update((pid, status) for pid, status in report["ended"])
            self._output = report["output"]

    def wait_until_ended(self, pid: int, patience: float) -> int | None:
        """Wait for the keeper to reap `pid`; return its wait(2) status, None when it did not."""
        deadline = time.monotonic() + patience
        self.poll()
        while pid not in self.ended and time.monotonic() < deadline:
            time.sleep(descendants.REAP_INTERVAL)
            self.poll()
        return self.ended.get(pid)

    def is_kept(self) -> bool:
        """Return whether the keeper lives; also when this end was closed by `stop`.

        The kernel closes a keeper's sockets before it ends the keeper's children.
        """
        if self._socket.fileno() < 0:
            return True
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not any(events & select.POLLHUP for _, events in poll.poll(0))

    def output(self) -> str:
        """Return the end of what the target has written to its output and its errors."""
        self.poll()
        return self._output

    def stop(self) -> None:
        """Kill everything and wait until it has been reaped. Idempotent."""
        if self._socket.fileno() >= 0:
            self.poll()
            if self._send({"do": "stop"}):
                # A report that an interrupted caller did not wait for may come first.
                while (answer := self._receive()) and answer["event"] != "stopped":
                    pass
            self._socket.close()

    def _send(self, order: dict[str, str]) -> bool:
        try:
            self._socket.send(json.dumps(order).encode())
        except OSError:
            return False
        return True

    def _receive(self) -> dict[str, Any] | None:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        if not poll.poll(STOP_PATIENCE * 1000):
            return None
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._socket, keeper.PACKET, 1)
        except OSError:
            return None
        message: dict[str, Any] | None = json.loads(packet) if packet else None
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)
            if message is not None:
                message["gate"] = descriptor
        return message
