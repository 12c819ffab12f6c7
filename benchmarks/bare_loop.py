"""How much slower the workloads are here than as a bare poll loop over the same connections.

    python -m benchmarks.bare_loop [--fault NAME ...] [--workloads N] [-- COMMAND]

The workloads of each fault family that needs no gate are drawn once. They are run by the harness,
which looks at the server and judges, and by a loop that only connects, writes, reads what is owed
and closes; it leaves the faults out. Both ways take turns, each with a server of its own. Prints
the speed of the harness as a share of the loop's.
"""

import argparse
import select
import socket
import statistics
import time
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings

from faults.payloads import A_LINE
from properties.model.role import Family
from properties.model.settings import Limits, Rules
from properties.model.steps import Workload
from properties.model.target_spec import Target
from properties.server.families import FAMILIES
from properties.server.harness import ServerHarness
from properties.server.steps import Close, HalfClose, Open, Receive, Reset, Send
from target import ports
from target.command import REFERENCE, Command
from target.sockets import reset_at_close
from target.start import start

HOST = "127.0.0.1"
ROUNDS = 3


class BareLoop:
    """Makes the steps of a workload with non-blocking sockets and one poll."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._sockets: dict[int, socket.socket] = {}
        self._unsent: dict[int, bytearray] = {}
        self._owed: dict[int, int] = {}

    def run(self, workload: Workload) -> None:
        """Run a workload as `execute` does: an exchange, the steps, every end, an exchange."""
        self._exchange(-1)
        for step in workload:
            self._make(step)
        for client in list(self._sockets):
            self._end(client)
        self._exchange(-2)

    def _exchange(self, client: int) -> None:
        self._make(Open(client))
        self._make(Send(client, A_LINE))
        self._make(Receive(client))
        self._end(client)

    def _make(self, step: object) -> None:
        match step:
            case Open(client):
                self._sockets[client] = socket.create_connection((HOST, self._port))
                self._sockets[client].setblocking(False)
                self._unsent[client], self._owed[client] = bytearray(), 0
            case Send(client, payload) if client in self._sockets:
                self._unsent[client] += payload.data(client)
                self._owed[client] += payload.length
            case Receive(client) if client in self._sockets:
                self._until(lambda: client not in self._sockets or not self._owed[client])
            case HalfClose(client) if client in self._sockets:
                self._end(client)
            case Close(client) | Reset(client) if client in self._sockets:
                if isinstance(step, Reset):
                    reset_at_close(self._sockets[client])
                self._drop(client)

    def _end(self, client: int) -> None:
        self._until(lambda: client not in self._sockets or not self._unsent[client])
        if client in self._sockets:
            self._sockets[client].shutdown(socket.SHUT_WR)
            self._until(lambda: client not in self._sockets)

    def _drop(self, client: int) -> None:
        self._sockets.pop(client).close()

    def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            poll = select.poll()
            by_descriptor = {}
            for client, one in self._sockets.items():
                writing = select.POLLOUT if self._unsent[client] else 0
                poll.register(one, select.POLLIN | writing)
                by_descriptor[one.fileno()] = client
            for descriptor, ready in poll.poll(10_000):
                self._serve(by_descriptor[descriptor], ready)

    def _serve(self, client: int, ready: int) -> None:
        one = self._sockets[client]
        try:
            if ready & select.POLLOUT:
                del self._unsent[client][: one.send(self._unsent[client])]
            if ready & ~select.POLLOUT:
                data = one.recv(1 << 18)
                self._owed[client] -= len(data)
                if not data:
                    self._drop(client)
        except BlockingIOError:
            return
        except OSError:
            self._drop(client)


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


def seconds_bare(command: Command, workloads: list[Workload]) -> float:
    """Return how long the bare loop takes."""
    reservation = ports.reserve(HOST)
    handle = start(command, HOST, reservation)
    try:
        began = time.perf_counter()
        for workload in workloads:
            BareLoop(reservation.port).run(workload)
        return time.perf_counter() - began
    finally:
        handle.stop()
        reservation.release()


def seconds_here(command: Command, workloads: list[Workload]) -> float:
    """Return how long the harness takes, its first workload left out: it starts the server."""
    harness = ServerHarness(Target(HOST, command), Rules())
    try:
        harness.run_trial(())
        began = time.perf_counter()
        for workload in workloads:
            harness.run_trial(workload)
        return time.perf_counter() - began
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
        is_gated = family.fault is not None and bool(family.fault.calls)
        if is_gated or (asked.fault and family.name not in asked.fault):
            continue
        workloads = drawn(family, asked.workloads)
        pairs = [
            (seconds_bare(command, workloads), seconds_here(command, workloads))
            for _ in range(ROUNDS)
        ]
        bare, here = (statistics.median(one) for one in zip(*pairs, strict=True))
        share = statistics.median(one / other for one, other in pairs)
        print(
            f"{family.name:<22} bare {bare:6.2f} s   here {here:6.2f} s   {share:.2f}", flush=True
        )


if __name__ == "__main__":
    main()
