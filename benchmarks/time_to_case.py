"""How long it takes from the start to the smallest case, beside hand-written tests that sleep.

    python -m benchmarks.time_to_case [--runs N]

For each wrong rung of the book's ladder, built in C and in Python, anechoic looks for the defect,
each time with another seed and from a server that is not running yet, until the smallest case has
been found and run again for its rate. Side by side with it the same defect is looked for as a
person would by hand: start the server, sleep until it surely listens, open clients, close them,
sleep until the server has surely noticed, and look. That finds the defect or not; it has no case.
"""

import argparse
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from properties.model.role import Family
from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.running.plan import EXAMPLES_A_PART
from properties.search.exploration import Exploration
from properties.server.harness import ServerHarness
from properties.server.role import SERVER
from target import ports
from target.command import Command
from tests.mutants.catalogue import MUTANTS, build
from tests.starting import interruptible

HOST = "127.0.0.1"
MOST_PARTS = 10
MOST_ATTEMPTS = 20
SURELY_LISTENS = 0.5
SURELY_NOTICED = 1.0
"""Seconds of sleep in the hand-written tests: what a careful person writes, so that they seldom
fail on a slow machine."""


@dataclass(frozen=True)
class Rung:
    """A wrong rung: its Python program, the same mistake in C, and how it is looked for by hand."""

    program: str
    mutant: str
    invariant: str
    family: str
    clients: int
    """How many clients the hand-written test closes at once."""


RUNGS = (
    Rung("tcpserv01", "reap_none", "no_zombies", "control", clients=1),
    Rung("tcpserv02", "eintr_accept", "listener_survives", "control", clients=1),
    Rung("tcpserv03", "reap_once", "no_zombies", "disconnect_burst", clients=5),
)


def to_the_smallest_case(words: tuple[str, ...], rung: Rung, seed: int) -> tuple[float, int]:
    """Return the seconds until the smallest case is known, and its steps."""
    began = time.perf_counter()
    harness = ServerHarness(Target(HOST, Command(words)), Rules())
    try:
        for part in range(MOST_PARTS):
            steps = _steps(harness, SERVER.family(rung.family), rung.invariant, seed * 100 + part)
            if steps is not None:
                return time.perf_counter() - began, steps
    finally:
        harness.close()
    raise LookupError(f"{rung.program}: {rung.invariant} was not violated in {MOST_PARTS} parts")


def _steps(harness: ServerHarness, family: Family, invariant: str, seed: int) -> int | None:
    found = Exploration(harness, SERVER, family, EXAMPLES_A_PART, seed).run()
    failure = found.cells[invariant].failure
    return None if failure is None else len(failure.steps)


def by_hand(words: tuple[str, ...], rung: Rung) -> float | None:
    """Return the seconds until a test that sleeps has seen the defect, None when it never did."""
    began = time.perf_counter()
    for _ in range(MOST_ATTEMPTS):
        with _server(words) as (server, port):
            _clients_come_and_go(port, rung.clients)
            time.sleep(SURELY_NOTICED)
            if _is_wrong(server):
                return time.perf_counter() - began
    return None


@contextlib.contextmanager
def _server(words: tuple[str, ...]) -> Iterator[tuple[psutil.Popen, int]]:
    reservation = ports.reserve(HOST, None)
    command = [word.replace("{port}", str(reservation.port)) for word in words]
    with interruptible():
        server = psutil.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        time.sleep(SURELY_LISTENS)
        yield server, reservation.port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        reservation.release()


def _clients_come_and_go(port: int, count: int) -> None:
    clients = [socket.create_connection((HOST, port)) for _ in range(count)]
    for client in clients:
        client.sendall(b"hello\n")
        client.recv(16)
    for client in clients:
        client.close()


def _is_wrong(server: psutil.Popen) -> bool:
    if not server.is_running() or server.status() == psutil.STATUS_ZOMBIE:
        return True
    return any(child.status() == psutil.STATUS_ZOMBIE for child in server.children())


def _python(rung: Rung) -> tuple[str, ...]:
    return (sys.executable, "-P", "-m", f"target.{rung.program}", "--port", "{port}")


def _in_c(rung: Rung) -> tuple[str, ...]:
    return build({mutant.name: mutant for mutant in MUTANTS}[rung.mutant])


def _row(name: str, words: tuple[str, ...], rung: Rung, runs: int) -> str:
    found = [to_the_smallest_case(words, rung, seed) for seed in range(1, runs + 1)]
    seconds = statistics.median(took for took, _ in found)
    steps = sorted({steps for _, steps in found})
    # A third of the runs: these mostly sleep, and so differ little.
    slept = [by_hand(words, rung) for _ in range(max(1, runs // 3))]
    seen = [took for took in slept if took is not None]
    hand = f"{statistics.median(seen):6.2f} s" if seen else "   never"
    ratio = f"{statistics.median(seen) / seconds:5.1f}" if seen else "     "
    return (
        f"{name:<26}{seconds:6.2f} s  {', '.join(map(str, steps)):<8}"
        f"{hand} {len(seen)}/{len(slept)}  {ratio}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=9, metavar="N", help="runs (default: 9)")
    runs = parser.parse_args().runs
    print(f"medians of {runs} runs, each with another seed")
    print(f"{'server':<26}{'anechoic':>8}  {'steps':<8}{'by hand':>8} seen  ratio")
    for rung in RUNGS:
        for name, words in (
            (f"{rung.mutant}.c", _in_c(rung)),
            (f"{rung.program}.py", _python(rung)),
        ):
            print(_row(name, words, rung, runs), flush=True)


if __name__ == "__main__":
    main()
