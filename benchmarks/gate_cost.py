"""What the gate costs, beside strace, on the same echo traffic in one run.

    python -m benchmarks.gate_cost [--rounds N] [--connections N] [--lines N]

A forking server in C is started anew for each measurement, in five ways: bare; behind the gate with
no rule armed; behind the gate with a rule armed, which is asked about every call and comes true
once; under `strace --seccomp-bpf` and under plain strace, both with the same error injected once.
One client after the other connects, has its lines echoed one by one, and closes. A connection with
one line is dear in every way, since a process is forked for it. The ways take turns, so that a
machine that slows down does so for all; printed are medians, and how many times as fast as the
better strace. Needs strace (Debian: strace) and a C compiler.
"""

import argparse
import errno
import itertools
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.rules import Errno, Rule
from target import ports
from target.command import Command
from target.start import start

SERVER = Path(__file__).parents[1] / "tests" / "variants" / "sa_restart.c"
LINE = b"a line of an ordinary length, sent and sent back\n"
WARM_UP = 20
LINES = (1, 20)
"""Echoed on one connection."""

KINDS = {
    "accept": ({Kind.ACCEPT}, "accept,accept4"),
    "accept, fork, read and write": (
        {Kind.ACCEPT, Kind.FORK, Kind.READ, Kind.WRITE},
        "accept,accept4,clone,clone3,fork,vfork,read,readv,recvfrom,recvmsg,"
        "write,writev,sendto,sendmsg",
    ),
}
"""Which calls stop, and the same for strace."""


@dataclass(frozen=True)
class Way:
    """One way to run the server: behind a gate or under another program."""

    name: str
    kinds: frozenset[Kind] = frozenset()
    armed: bool = False
    prefix: tuple[str, ...] = ()


def ways(kinds: frozenset[Kind], calls: str) -> tuple[Way, ...]:
    """Return the ways for one set of calls."""
    strace = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}")
    inject = ("-e", "inject=accept,accept4:error=ECONNABORTED:when=10")
    return (
        Way("bare"),
        Way("gate, no rule armed", kinds),
        Way("gate, a rule armed", kinds, armed=True),
        Way("strace --seccomp-bpf", prefix=(*strace, "--seccomp-bpf", *inject)),
        Way("strace", prefix=(*strace, *inject)),
    )


@contextmanager
def running(way: Way, binary: Path) -> Iterator[int]:
    """Run the server in this way; give its port."""
    gate = Gate(way.kinds) if way.kinds else None
    reservation = ports.reserve("127.0.0.1")
    command = Command((*way.prefix, str(binary), "{port}"))
    handle = start(command, "127.0.0.1", reservation, gate=gate)
    try:
        if gate is not None and way.armed:
            gate.arm(Rule(Kind.ACCEPT, lambda _: True, Errno(errno.ECONNABORTED), nth=10))
        yield reservation.port
    finally:
        handle.stop()
        if gate is not None:
            gate.close()
        reservation.release()


def rate(port: int, connections: int, lines: int) -> float:
    """Return the connections a second: each is opened, has its lines echoed, and is closed."""
    for number in range(WARM_UP + connections):
        if number == WARM_UP:
            began = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port)) as client:
            for _ in range(lines):
                _echo(client)
    return connections / (time.perf_counter() - began)


def _echo(client: socket.socket) -> None:
    client.sendall(LINE)
    left = len(LINE)
    while left:
        left -= len(client.recv(left))


def measured(
    all_ways: tuple[Way, ...],
    binary: Path,
    rounds: int,
    connections: int,
    lines: int,
    tell: Callable[[str], None],
) -> dict[str, list[float]]:
    """Measure all ways in turn, so many rounds."""
    rates: dict[str, list[float]] = {way.name: [] for way in all_ways}
    for number in range(rounds):
        for way in all_ways:
            tell(f"round {number + 1} of {rounds}: {way.name}")
            with running(way, binary) as port:
                rates[way.name].append(rate(port, connections, lines))
    return rates


def table(rates: dict[str, list[float]]) -> Iterator[str]:
    """Return the lines of a table: medians, and how they compare."""
    medians = {name: statistics.median(found) for name, found in rates.items()}
    better = max(medians["strace"], medians["strace --seccomp-bpf"])
    yield f"  {'':24}connections/s   of bare   of the better strace"
    for name, median in medians.items():
        share = median / medians["bare"]
        yield f"  {name:24}{median:13,.0f}   {share:6.0%}   {median / better:6.1f} x"


def _progress(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--connections", type=int, default=300, metavar="N")
    parser.add_argument(
        "--lines", type=int, metavar="N", help="one connection (default: 1, then 20)"
    )
    arguments = parser.parse_args()
    if not shutil.which("strace"):
        print("strace is missing (Debian: apt-get install strace)", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        binary = Path(folder) / "server"
        subprocess.run(["cc", "-O2", "-pthread", "-o", binary, SERVER], check=True)
        every = itertools.product([arguments.lines] if arguments.lines else LINES, KINDS.items())
        for lines, (name, (kinds, calls)) in every:
            found = measured(
                ways(frozenset(kinds), calls),
                binary,
                arguments.rounds,
                arguments.connections,
                lines,
                _progress,
            )
            _progress("")
            print(f"lines a connection: {lines}; stopping at {name}")
            for line in table(found):
                print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
