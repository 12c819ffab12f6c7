"""Real servers for the tests: started on a port of their own, always stopped."""

import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from faults.gate.calls import Kind
from properties.model.events import Injected
from properties.model.history import History
from properties.model.learnt import Starts
from properties.model.settings import Rules
from properties.model.steps import Workload, calls_held_for, inherited_for
from properties.model.verdict import Outcome, Verdict, judge
from properties.server import instance as servers
from properties.server.execute import execute
from properties.server.instance import ServerInstance
from properties.server.invariants.registry import INVARIANTS
from target import ports
from target.command import REFERENCE, Command
from target.errors import TargetError
from target.inherited import NOTHING_UNUSUAL, Inherited
from target.ports import Reservation
from tests.compiled import compiled as compile_program
from tests.preloaded import A_THREAD, preloaded

PATIENCE = 20.0
"""Seconds for what happens within milliseconds on a machine that is not busy."""

HOST = "127.0.0.1"
TOP = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parents[1] / "servers"

SPAN = 16000
"""Ports from the first that are below all ephemeral ones."""


def script(name: str, *arguments: str) -> Command:
    """Return the command of a server in `tests/servers` that is written in Python."""
    return Command((sys.executable, str(PROGRAMS / name), "{port}", *arguments))


def of_c(name: str) -> Command:
    """Return the command of a server in `tests/servers` that is written in C."""
    return _compiled(PROGRAMS / f"{name}.c")


def mutant(name: str) -> Command:
    """Return the command of a known-bad server in `tests/mutants` that is written in Python."""
    path = PROGRAMS.parent / "mutants" / name
    return Command(("env", f"PYTHONPATH={TOP}", sys.executable, str(path), "{port}"))


def compiled(name: str) -> Command:
    """Return the command of a known-bad server in `tests/mutants` that is written in C."""
    return _compiled(PROGRAMS.parent / "mutants" / f"{name}.c")


def variant(name: str) -> Command:
    """Return the command of a correct server in `tests/variants` that is written in C."""
    return _compiled(PROGRAMS.parent / "variants" / f"{name}.c")


def beside_a_thread(command: Command) -> Command:
    """Return a program that has a thread more, which blocks all signals and wakes now and then."""
    return replace(command, words=preloaded(command.words, A_THREAD))


def _compiled(path: Path) -> Command:
    return Command((str(compile_program(path, ("cc", "-O1", "-pthread"))), "{port}"))


THREADED = script("threaded.py")
SELECTORS = script("selectors_loop.py")


def rung(program: str) -> Command:
    """Return the command of one of the book's servers."""
    words = ("-P", "-m", f"target.{program}", "--host", "{host}", "--port", "{port}")
    return Command((sys.executable, *words))


_candidates = itertools.count(os.getpid() * 101)


@contextmanager
def reserved_port() -> Iterator[Reservation]:
    """Reserve a port that no test of this process has used before.

    On one that was used, connections of the server before may still be in TIME_WAIT, and a server
    that does not set SO_REUSEADDR would not start.
    """
    while True:
        try:
            reservation = ports.reserve(HOST, ports.FIRST_PORT + next(_candidates) % SPAN)
        except TargetError:
            continue
        try:
            yield reservation
        finally:
            reservation.release()
        return


@contextmanager
def serving(
    command: Command = REFERENCE,
    kinds: frozenset[Kind] = frozenset(),
    inherited: Inherited = NOTHING_UNUSUAL,
) -> Iterator[ServerInstance]:
    """Run a server, behind a gate for calls of these kinds, and stop it, whatever happens."""
    with reserved_port() as reservation:
        start = partial(
            servers.start, host=HOST, reservation=reservation, patience=PATIENCE, kinds=kinds
        )
        server = servers.start_with(inherited, command, start, Starts())
        try:
            yield server
        finally:
            server.stop()


def known_by_address(server: ServerInstance) -> ServerInstance:
    """Return the same server as a tester sees it that has not started it."""
    return ServerInstance(server.endpoint)


def run(workload: Workload, command: Command = REFERENCE, rules: Rules | None = None) -> History:
    """Execute one workload on a server of its own."""
    with serving(command, calls_held_for(workload), inherited_for(workload)) as server:
        return execute(workload, server, rules or Rules(patience=PATIENCE))


def verdicts(history: History) -> dict[str, Verdict]:
    """Judge a history by every invariant."""
    return {invariant.id: judge(invariant, history) for invariant in INVARIANTS}


def violated(history: History) -> list[str]:
    """Return the invariants that failed."""
    return [name for name, v in verdicts(history).items() if v.outcome is Outcome.FAIL]


def in_doubt(history: History) -> dict[str, str]:
    """Return all that is neither passed nor without meaning, with the reason."""
    good = {Outcome.PASS, Outcome.NOT_APPLICABLE}
    return {name: v.reason for name, v in verdicts(history).items() if v.outcome not in good}


def only_injected(history: History) -> Injected:
    """Return what the only fault of a workload has reported."""
    (event,) = history.of(Injected)
    return event


def wait_until(condition: Callable[[], object]) -> None:
    """Return as soon as the condition holds; fail when it has not for very long."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"never came true: {condition}"
        time.sleep(0.001)
