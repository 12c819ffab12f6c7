"""The witness: what may send signals at any time, read from the calls that ask for it."""

import signal
import sys

import pytest

from faults.gate import witness
from faults.gate.calls import Kind
from target.command import Command
from tests.faults.gate.programs import Behind, behind
from tests.properties.server_runs import wait_until

TIMER = "ctypes.byref(ctypes.c_void_p())"
SERVER = (
    "import ctypes, fcntl, os, signal, socket, struct, sys\n"
    "timer_create = ctypes.CDLL(None).timer_create\n"
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
    return held.gate.witness.is_set(held.listener)


@pytest.mark.parametrize(
    "line",
    [
        "signal.setitimer(signal.ITIMER_REAL, 50)",
        "signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)",
        "signal.setitimer(signal.ITIMER_REAL, 1000, 1000)",
        "signal.alarm(50)",
    ],
)
def test_a_timer_that_is_set_is_seen(line: str) -> None:
    with behind(server(line), frozenset({Kind.ACCEPT})) as held:
        wait_until(lambda: has_timer(held))
        assert held.gate.witness.may_come == {signal.SIGALRM}


@pytest.mark.parametrize(
    "line", ["signal.setitimer(signal.ITIMER_REAL, 1000)", "signal.alarm(1000)"]
)
def test_a_timer_that_is_due_late_is_one_and_meets_nothing_that_is_held_until_then(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with behind(server(line), frozenset({Kind.ACCEPT})) as held:
        wait_until(lambda: has_timer(held))
        held.gate.witness.begin()
        assert held.gate.witness.may_come == frozenset()
        assert not held.gate.witness.watching(10.0)(held.listener)
        assert held.gate.witness.watching(3600.0)(held.listener)
        monkeypatch.setattr(witness, "NEAR", 1000.0)
        assert held.gate.witness.may_come == {signal.SIGALRM}


@pytest.mark.parametrize(
    "line",
    [
        "signal.alarm(1000); signal.alarm(0)",
        "signal.setitimer(signal.ITIMER_REAL, 1000); signal.setitimer(signal.ITIMER_REAL, 0)",
    ],
)
def test_a_timer_that_is_taken_back_is_none(line: str) -> None:
    with behind(server(line), frozenset({Kind.ACCEPT})) as held:
        # It has come past the line when it accepts.
        wait_until(lambda: held.gate.counts[Kind.ACCEPT] > 0)
        assert not has_timer(held)


def test_a_timer_that_has_come_once_is_none() -> None:
    with behind(
        server("signal.setitimer(signal.ITIMER_REAL, 0.01)"), frozenset({Kind.ACCEPT})
    ) as held:
        wait_until(lambda: held.gate.counts[Kind.ACCEPT] > 0 and not has_timer(held))


@pytest.mark.parametrize(
    "line",
    [
        "pass",
        "signal.getitimer(signal.ITIMER_REAL)",
        "signal.alarm(0)",
        "fcntl.fcntl(s, fcntl.F_SETFL, 0)",
        "fcntl.fcntl(s, fcntl.F_GETFL)",
    ],
)
def test_where_nothing_asks_for_signals_none_is_seen(line: str) -> None:
    with behind(server(line), frozenset({Kind.ACCEPT})) as held:
        wait_until(lambda: held.gate.counts[Kind.ACCEPT] > 0)
        assert held.gate.witness.may_come == frozenset()


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("signal.setitimer(signal.ITIMER_VIRTUAL, 1000)", signal.SIGVTALRM),
        ("signal.setitimer(signal.ITIMER_PROF, 1000, 1)", signal.SIGPROF),
        ("fcntl.fcntl(s, fcntl.F_SETFL, os.O_ASYNC)", signal.SIGIO),
        ("fcntl.fcntl(s, 10, 40)", 40),
        ("fcntl.ioctl(s, 0x5452, b'\\1\\0\\0\\0')", signal.SIGIO),
        (f"timer_create(0, None, {TIMER})", signal.SIGALRM),
        (f"timer_create(0, struct.pack('@8xii48x', 36, 0), {TIMER})", 36),
    ],
)
def test_other_timers_and_descriptors_that_send_signals_are_seen(line: str, number: int) -> None:
    with behind(server(line), frozenset({Kind.ACCEPT})) as held:
        wait_until(lambda: held.gate.counts[Kind.ACCEPT] > 0)
        assert held.gate.witness.may_come == {number}


def test_a_timer_that_was_over_before_the_server_served_is_forgotten() -> None:
    with behind(server("signal.alarm(1000); signal.alarm(0)"), frozenset({Kind.ACCEPT})) as held:
        wait_until(lambda: held.gate.counts[Kind.ACCEPT] > 0)
        held.gate.witness.begin()
        assert held.gate.witness.may_come == frozenset()


@pytest.mark.parametrize("which", ["ITIMER_REAL", "ITIMER_PROF"])
def test_a_timer_that_still_runs_when_the_server_begins_to_serve_is_not(which: str) -> None:
    line = f"signal.setitimer(signal.{which}, 50)"
    with behind(server(line), frozenset({Kind.ACCEPT})) as held:
        wait_until(lambda: held.gate.counts[Kind.ACCEPT] > 0)
        held.gate.witness.begin()
        assert len(held.gate.witness.may_come) == 1
