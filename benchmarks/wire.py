"""What the wire costs: connections a second and MB/s of echo over it, beside loopback, in one run.

    python -m benchmarks.wire [--rounds N] [--connections N] [--megabytes N]

A forking server in C serves clients of its own host and of the other one, in turns, so that a
machine that slows down does so for both. One client after the other connects, has a line echoed,
half-closes and reads its EOF: ten segments or so, each carried by a process of Python. Then one
client has many bytes echoed. Printed are medians, and the wire's share of loopback. Needs a C
compiler, and a network namespace.
"""

import argparse
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from faults.wire import wire
from faults.wire.wire import Wire
from target import chamber, ports
from target.command import Command
from target.start import start

SERVER = Path(__file__).parents[1] / "tests" / "variants" / "sa_restart.c"
HOST = "127.0.0.1"
LINE = b"a line of an ordinary length, sent and sent back\n"
MEGABYTE = 1_000_000
PIECE = bytes(1 << 16)
WARM_UP = 20

MakeSocket = Callable[[], socket.socket]


def of_this_host() -> socket.socket:
    """Return a socket of the server's own host."""
    return socket.socket()


def connected(make: MakeSocket, port: int) -> socket.socket:
    """Return a connection to the server."""
    made = make()
    made.connect((HOST, port))
    return made


def rate(make: MakeSocket, port: int, connections: int) -> float:
    """Return the connections a second: each is opened, has a line echoed, and is ended in order."""
    began = time.perf_counter()
    for number in range(WARM_UP + connections):
        if number == WARM_UP:
            began = time.perf_counter()
        with connected(make, port) as client:
            client.sendall(LINE)
            client.shutdown(socket.SHUT_WR)
            while client.recv(len(LINE)):
                pass
    return connections / (time.perf_counter() - began)


def speed(make: MakeSocket, port: int, megabytes: int) -> float:
    """Return the MB/s of an echo, sent and read at the same time."""
    unsent = unread = megabytes * MEGABYTE
    with connected(make, port) as client:
        client.setblocking(False)
        began = time.perf_counter()
        while unread:
            wanted = [client] if unsent else []
            readable, writable, _ = select.select([client], wanted, [])
            if readable:
                unread -= len(client.recv(1 << 18))
            if writable:
                unsent -= client.send(PIECE[: min(unsent, len(PIECE))])
        return megabytes / (time.perf_counter() - began)


def measured(between: Wire, port: int, asked: argparse.Namespace) -> dict[str, list[list[float]]]:
    """Return for each figure those of loopback and those of the wire, of all rounds."""
    ways: tuple[MakeSocket, ...] = (of_this_host, between.make_socket)
    found: dict[str, list[list[float]]] = {"connections/s": [[], []], "MB/s of echo": [[], []]}
    for _ in range(asked.rounds):
        for way, make in enumerate(ways):
            found["connections/s"][way].append(rate(make, port, asked.connections))
            found["MB/s of echo"][way].append(speed(make, port, asked.megabytes))
            between.begin()
    return found


def table(found: dict[str, list[list[float]]]) -> Iterator[str]:
    """Return the lines of a table: medians, and the wire's share of loopback, round by round."""
    yield f"{'':16}{'loopback':>10}{'wire':>10}   share"
    for name, (loopback, over_wire) in found.items():
        share = statistics.median(w / b for b, w in zip(loopback, over_wire, strict=True))
        medians = statistics.median(loopback), statistics.median(over_wire)
        yield f"{name:16}{medians[0]:10,.0f}{medians[1]:10,.0f}   {share:.2f}"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--connections", type=int, default=1000, metavar="N")
    parser.add_argument("--megabytes", type=int, default=20, metavar="N")
    asked = parser.parse_args()
    if reason := chamber.why_not():
        print(reason, file=sys.stderr)
        return 2
    chamber.enter(wire.stand_by)
    between = wire.of_this_process()
    assert between is not None
    between.open(HOST)
    with tempfile.TemporaryDirectory() as folder:
        binary = Path(folder) / "server"
        subprocess.run(["cc", "-O2", "-pthread", "-o", binary, SERVER], check=True)
        reservation = ports.reserve(HOST)
        handle = start(Command((str(binary), "{port}")), HOST, reservation)
        try:
            for line in table(measured(between, reservation.port, asked)):
                print(line)
        finally:
            handle.stop()
            reservation.release()
    return 0


if __name__ == "__main__":
    sys.exit(main())
