"""How much slower the workloads are here than as a bare poll loop over the same connections.

    python -m benchmarks.bare_loop [--fault NAME ...] [--workloads N] [-- COMMAND]

The workloads of each fault family that needs neither gate nor wire are drawn once. They are run by
the harness, which looks at the server and judges. What their clients did is taken from the
histories, those included that a fault or a question about the server brings: who connected, how
many bytes each sent and read, and how it ended. A loop does the same again, on a server of its own,
and nothing else: it connects, writes, reads what is owed and closes. Both ways take turns. Prints
the speed of the harness as a share of the loop's.
"""

import argparse
import re
import select
import socket
import statistics
import time
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings

from faults.wire.wire_fault import WireFault
from properties.model.events import Marked, StepBegan
from properties.model.history import History
from properties.model.role import Family
from properties.model.settings import Limits, Rules
from properties.model.steps import Workload
from properties.model.target_spec import Target
from properties.server.events import Closed, HalfClosed, Opened, Received, Sent
from properties.server.families import FAMILIES
from properties.server.harness import ServerHarness
from target import ports
from target.command import REFERENCE, Command
from target.sockets import reset_at_close
from target.start import start

HOST = "127.0.0.1"
ROUNDS = 3
CROWD = re.compile(r"(\d+) more clients connect")
FILLING = memoryview(bytes(1 << 16))


class BareLoop:
    """Makes the connections of a history again with non-blocking sockets and one poll."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._sockets: dict[int, socket.socket] = {}
        self._unsent: dict[int, int] = {}
        self._owed: dict[int, int] = {}
        self._received: dict[int, int] = {}
        self._crowd: list[socket.socket] = []

    def run(self, history: History) -> None:
        """Do what its clients did, in the same order; in the end all of them close."""
        for event in history.events:
            self._make(event)
        for client in list(self._sockets):
            self._drop(client)
        self._disperse()

    def _make(self, event: object) -> None:
        match event:
            case Marked(what=what) if crowd := CROWD.match(what):
                self._crowd += [self._connected() for _ in range(int(crowd[1]))]
            case StepBegan():
                self._disperse()
            case Opened(client=client):
                self._sockets[client] = self._connected()
                self._sockets[client].setblocking(False)
                self._unsent[client] = self._owed[client] = self._received[client] = 0
            case Sent(client=client, count=count) if client in self._sockets:
                self._unsent[client] += count
                self._owed[client] += count
            case Received(client=client, total=total) if client in self._sockets:
                # A fault may have had more come than an echo is.
                expected = min(total, self._owed[client])
                self._until(client, lambda: self._received[client] >= expected)
            case HalfClosed(client=client) if client in self._sockets:
                self._until(client, lambda: not self._unsent[client])
                if client in self._sockets:
                    self._sockets[client].shutdown(socket.SHUT_WR)
                    self._until(client, lambda: False)
            case Closed(client=client, by_reset=by_reset) if client in self._sockets:
                if by_reset:
                    reset_at_close(self._sockets[client])
                self._drop(client)

    def _connected(self) -> socket.socket:
        return socket.create_connection((HOST, self._port))

    def _disperse(self) -> None:
        while self._crowd:
            self._crowd.pop().close()

    def _drop(self, client: int) -> None:
        self._sockets.pop(client).close()

    def _until(self, client: int, holds: Callable[[], bool]) -> None:
        """Serve all clients until it holds, or until the connection of this one has ended."""
        while client in self._sockets and not holds():
            poll = select.poll()
            by_descriptor = {}
            for name, one in self._sockets.items():
                writing = select.POLLOUT if self._unsent[name] else 0
                poll.register(one, select.POLLIN | writing)
                by_descriptor[one.fileno()] = name
            for descriptor, ready in poll.poll(10_000):
                self._serve(by_descriptor[descriptor], ready)

    def _serve(self, client: int, ready: int) -> None:
        one = self._sockets[client]
        try:
            if ready & select.POLLOUT:
                self._unsent[client] -= one.send(FILLING[: self._unsent[client]])
            if ready & ~select.POLLOUT:
                data = one.recv(1 << 18)
                self._received[client] += len(data)
                if not data:
                    self._drop(client)
        except BlockingIOError:
            return
        except OSError:
            self._drop(client)


def needs_more(family: Family) -> bool:
    """Return whether a family needs a gate or a wire."""
    fault = family.fault
    return fault is not None and (bool(fault.calls) or issubclass(fault, WireFault))


def drawn(family: Family, count: int) -> list[Workload]:
    """Return the first workloads of a family."""
    found: list[Workload] = []

    def keep(workload: Workload) -> None:
        found.append(workload)

    quiet = settings(
        max_examples=count,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    quiet(seed(1)(given(family.workloads(Limits()))(keep)))()
    return found


def seconds_bare(command: Command, histories: list[History]) -> float:
    """Return how long the bare loop takes."""
    reservation = ports.reserve(HOST)
    handle = start(command, HOST, reservation)
    try:
        began = time.perf_counter()
        for history in histories:
            BareLoop(reservation.port).run(history)
        return time.perf_counter() - began
    finally:
        handle.stop()
        reservation.release()


def run_here(command: Command, workloads: list[Workload]) -> tuple[float, list[History]]:
    """Return how long the harness takes, and what happened.

    Its first workload is left out: it starts the server.
    """
    harness = ServerHarness(Target(HOST, command), Rules())
    try:
        harness.run_trial(())
        began = time.perf_counter()
        histories = [harness.run_trial(workload).history for workload in workloads]
        return time.perf_counter() - began, histories
    finally:
        harness.close()


def main() -> None:
    """Print a line for each family."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fault", action="append", metavar="NAME")
    parser.add_argument("--workloads", type=int, default=30, metavar="N")
    parser.add_argument("command", nargs="*", help="the server; default: the reference")
    asked = parser.parse_args()
    command = Command(tuple(asked.command)) if asked.command else REFERENCE
    for family in FAMILIES:
        if needs_more(family) or (asked.fault and family.name not in asked.fault):
            continue
        workloads = drawn(family, asked.workloads)
        pairs = []
        for _ in range(ROUNDS):
            seconds, histories = run_here(command, workloads)
            pairs.append((seconds_bare(command, histories), seconds))
        bare, here = (statistics.median(one) for one in zip(*pairs, strict=True))
        share = statistics.median(one / other for one, other in pairs)
        print(
            f"{family.name:<22} bare {bare:6.2f} s   here {here:6.2f} s   {share:.2f}", flush=True
        )


if __name__ == "__main__":
    main()
