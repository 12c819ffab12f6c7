"""The witness: which processes have an interval timer set, read from the calls that set it."""

import sys

import pytest

from faults.gate.calls import Kind
from target.command import Command
from tests.faults.gate.programs import Behind, behind
from tests.properties.server_runs import wait_until

SERVER = (
    "import os, signal, socket, sys\n"
    "signal.signal(signal.SIGALRM, lambda *_: None)\n"
    "s = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    "{}\n"
    "while True:\n"
    "    c, _ = s.accept()\n"
    "    c.close()\n"
)


def server(line: str) -> Command:
    """Return a server that catches SIGALRM and runs this line once it listens."""
    return Command((sys.executable, "-c", SERVER.format(line), "{port}"))


def has_timer(held: Behind) -> bool:
    return held.gate.timers.is_set(held.listener)


@pytest.mark.parametrize(
    "line",
    [
        "signal.setitimer(signal.ITIMER_REAL, 1000)",
        "signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)",
        "signal.alarm(1000)",
    ],
)
def test_a_timer_that_is_set_is_seen(line: str) -> None:
    with behind(server(line), frozenset({Kind.ACCEPT})) as held:
        wait_until(lambda: has_timer(held))
        assert held.gate.timers.ever_set


@pytest.mark.parametrize(
    "line",
    [
        "signal.alarm(1000); signal.alarm(0)",
        "signal.setitimer(signal.ITIMER_REAL, 1000); signal.setitimer(signal.ITIMER_REAL, 0)",
    ],
)
def test_a_timer_that_is_taken_back_is_none(line: str) -> None:
    with behind(server(line), frozenset({Kind.ACCEPT})) as held:
        wait_until(lambda: held.gate.timers.ever_set)
        wait_until(lambda: not has_timer(held))


def test_a_timer_that_has_come_once_is_none() -> None:
    with behind(
        server("signal.setitimer(signal.ITIMER_REAL, 0.01)"), frozenset({Kind.ACCEPT})
    ) as held:
        wait_until(lambda: held.gate.timers.ever_set and not has_timer(held))


@pytest.mark.parametrize(
    "line", ["pass", "signal.getitimer(signal.ITIMER_REAL)", "signal.setitimer(1, 1000)"]
)
def test_without_a_timer_that_sends_sigalrm_none_is_seen(line: str) -> None:
    with behind(server(line), frozenset({Kind.ACCEPT})) as held:
        # It has come past the line when it accepts.
        wait_until(lambda: held.gate.counts[Kind.ACCEPT] > 0)
        assert not held.gate.timers.ever_set
        assert not has_timer(held)
