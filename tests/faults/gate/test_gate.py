"""The gate at work on real processes: calls pass, fail, are cut short, and are held."""

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.gate import kernel
from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.kernel import Call, process_of
from faults.gate.rules import ArmedRule, Errno, Hold, LoseConnection, Rule, Shorten
from faults.gate.shorten import Shortened
from faults.gate.substitutes import Substitutes
from faults.server.accept_errors import AcceptErrno, AcceptError
from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.model.verdict import Outcome
from properties.server.harness import ServerHarness
from target import process_status, processes
from target.command import REFERENCE, Command
from target.errors import TargetError
from tests.faults.contexts import around
from tests.faults.gate.programs import Behind, behind, received
from tests.properties.server_runs import SELECTORS, serving, variant, wait_until

VARIANTS = Path(__file__).parents[2] / "variants"
LINE = b"what is sent comes back\n"
BUSY_WITH_SIGNALS = (
    "import signal, socket, sys\n"
    "signal.signal(signal.SIGALRM, lambda *_: None)\n"
    "s = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
    "while True:\n"
    "    c, _ = s.accept()\n"
    "    c.sendall(c.recv(100))\n"
)


def every(call: Call) -> bool:
    """Match all calls."""
    del call
    return True


def about_a_socket(call: Call) -> bool:
    """Match calls about sockets."""
    return processes.is_socket(call.thread, call.descriptor)


def test_without_a_rule_all_calls_pass_and_are_counted() -> None:
    with behind() as server:
        assert server.echo(LINE) == LINE
        assert server.gate.counts[Kind.ACCEPT] >= 1
        assert server.gate.counts[Kind.FORK] >= 1
        wait_until(lambda: server.gate.passages() is not None)
        assert not server.gate.failure


def test_an_error_is_answered_so_many_times_from_the_nth_call_on() -> None:
    with behind() as server:
        armed = server.gate.arm(Rule(Kind.ACCEPT, every, Errno(errno.ECONNABORTED), nth=2, times=2))
        assert [server.echo(LINE) for _ in range(3)] == [LINE] * 3
        assert len(armed.handled) == 2
        assert armed.is_done
        assert {each.name for each in armed.handled} <= {"accept", "accept4"}


def test_a_rule_that_is_taken_away_does_nothing() -> None:
    with behind() as server:
        armed = server.gate.arm(Rule(Kind.ACCEPT, every, Errno(errno.EMFILE)))
        server.gate.disarm(armed)
        server.gate.disarm(armed)
        assert server.echo(LINE) == LINE
        assert armed.handled == []


def test_of_a_rule_that_is_armed_twice_one_is_taken_away() -> None:
    with behind() as server:
        rule = Rule(Kind.ACCEPT, every, Errno(errno.ECONNABORTED))
        first, second = server.gate.arm(rule), server.gate.arm(rule)
        server.gate.disarm(first)
        assert server.echo(LINE) == LINE
        # The accept that the listener slept in was called before.
        assert server.echo(LINE) == LINE
        assert (first.applied, second.applied) == (0, 1)


@pytest.mark.parametrize("kind", [Kind.READ, Kind.WRITE])
@pytest.mark.parametrize("command", [REFERENCE, SELECTORS], ids=["blocking", "non-blocking"])
def test_what_is_cut_short_is_neither_lost_nor_repeated(kind: Kind, command: Command) -> None:
    sent = os.urandom(5000)
    with behind(command) as server, server.client() as client:
        assert server.echo(LINE) == LINE
        armed = server.gate.arm(Rule(kind, about_a_socket, Shorten(3), times=50))
        client.sendall(sent[:1])
        assert received(client, 1) == sent[:1]
        client.sendall(sent[1:])
        assert received(client, len(sent) - 1) == sent[1:]
        assert armed.handled


def test_a_held_call_waits_and_then_goes_on() -> None:
    with behind() as server, server.client() as client:
        armed = server.gate.arm(Rule(Kind.WRITE, every, Hold()))
        client.sendall(LINE)
        wait_until(lambda: server.gate.is_held(armed))
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)
        client.setblocking(True)
        assert server.gate.passages() is not None
        assert server.gate.release(armed)
        assert received(client, len(LINE)) == LINE


TWO_READERS = (
    "import socket, sys, threading\n"
    "s = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    "def echo(c):\n"
    "    while content := c.recv(100):\n"
    "        c.sendall(content)\n"
    "while True:\n"
    "    c, _ = s.accept()\n"
    "    for _ in range(2):\n"
    "        threading.Thread(target=echo, args=(c,)).start()\n"
)
"""Each connection is read by two threads."""


@pytest.fixture
def two_readers() -> Iterator[Behind]:
    command = Command((sys.executable, "-I", "-S", "-c", TWO_READERS, "{port}"))
    with behind(command, frozenset({Kind.READ})) as server:
        yield server


def test_a_rule_that_holds_several_calls_lets_them_go_on_one_by_one(two_readers: Behind) -> None:
    gate = two_readers.gate
    armed = gate.arm(Rule(Kind.READ, about_a_socket, Hold(), times=2))
    with two_readers.client():
        wait_until(lambda: armed.is_done)
        assert gate.release(armed)
        assert gate.is_held(armed)
        assert gate.release(armed)
        assert not gate.is_held(armed)
        assert not gate.release(armed)


def test_a_rule_that_is_taken_away_lets_all_go_on_that_it_holds(two_readers: Behind) -> None:
    gate = two_readers.gate
    armed = gate.arm(Rule(Kind.READ, about_a_socket, Hold(), times=2))
    with two_readers.client() as client:
        wait_until(lambda: armed.is_done)
        gate.disarm(armed)
        client.shutdown(socket.SHUT_WR)
        # Each thread ends when it reads the end, and the main one is left.
        wait_until(lambda: len(processes.threads_of(two_readers.listener)) == 1)


def test_a_target_that_dies_while_it_is_held_is_survived() -> None:
    with behind() as server, server.client() as client:
        armed = server.gate.arm(Rule(Kind.WRITE, every, Hold()))
        client.sendall(LINE)
        wait_until(lambda: server.gate.is_held(armed))
        assert armed.held is not None
        worker = process_of(armed.held.thread)
        assert worker is not None
        assert worker != server.listener
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: not server.gate.is_held(armed))
        assert not server.gate.release(armed)
        assert received(client, 1) == b""
        assert server.echo(LINE) == LINE
        assert not server.gate.failure


def test_a_worker_that_is_killed_in_a_read_that_we_make_for_it_leaves_an_end() -> None:
    with behind() as server, server.client() as client:
        client.sendall(LINE)
        assert received(client, len(LINE)) == LINE
        armed = server.gate.arm(Rule(Kind.READ, every, Shorten(1), times=100))
        client.sendall(LINE)
        assert received(client, len(LINE)) == LINE
        wait_until(lambda: armed.seen > 0 and server.gate.passages() is not None)
        for child in processes.below(server.listener):
            os.kill(child.identity.pid, signal.SIGKILL)
        assert received(client, 1) == b""
        assert armed.seen


def test_signals_that_a_program_sends_to_itself_do_not_make_a_held_call_begin_anew() -> None:
    command = Command((sys.executable, "-I", "-S", "-c", BUSY_WITH_SIGNALS, "{port}"))
    with behind(command, frozenset({Kind.WRITE})) as server, server.client() as client:
        armed = server.gate.arm(Rule(Kind.WRITE, every, Hold()))
        client.sendall(LINE)
        wait_until(lambda: server.gate.is_held(armed))
        before = server.gate.counts[Kind.WRITE]
        tick = process_status.signals_of(server.listener)
        wait_until(lambda: _has_pending(server.listener))
        assert tick is not None
        assert server.gate.counts[Kind.WRITE] == before
        assert server.gate.release(armed)
        assert received(client, len(LINE)) == LINE


def _has_pending(pid: int) -> bool:
    masks = process_status.signals_of(pid)
    return masks is not None and signal.SIGALRM in masks.pending


def test_without_a_supervisor_calls_fail_and_do_not_hang() -> None:
    with behind() as server, server.client() as client:
        assert server.echo(LINE) == LINE
        server.gate.close()
        # ENOSYS: the worker ends, and with it the connection.
        with contextlib.suppress(ConnectionError):
            client.sendall(LINE)
            assert received(client, 1) in (b"", LINE[:1])


def test_which_handlers_interrupt_is_read_from_the_calls_that_set_them() -> None:
    with behind() as server:
        assert server.echo(LINE) == LINE
        assert server.gate.handlers.interrupts(server.listener, signal.SIGCHLD)
        assert not server.gate.handlers.interrupts(server.listener, signal.SIGUSR1)


def test_a_server_without_a_gate_has_none() -> None:
    with serving() as server:
        assert server.gate is None
        assert server.why_no_gate


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("no-such-program", "{port}"), "No such file or directory"),
        (("/etc/passwd", "{port}"), "Permission denied"),
        (("true", "{port}"), "ended before it listened: exited with status 0"),
    ],
)
def test_what_cannot_be_started_behind_a_gate_is_refused_in_the_same_words(
    words: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(TargetError, match=reason), behind(Command(words)):
        pass


def test_a_statically_linked_program_runs_behind_it(tmp_path: Path) -> None:
    binary = tmp_path / "threads"
    subprocess.run(["cc", "-static", "-pthread", "-o", binary, VARIANTS / "threads.c"], check=True)
    with behind(Command((str(binary), "{port}"))) as server:
        armed = server.gate.arm(Rule(Kind.READ, about_a_socket, Shorten(2), times=3))
        assert server.echo(LINE) == LINE
        assert armed.handled


def test_a_rule_that_breaks_lets_the_call_go_on_and_is_told() -> None:
    def is_not_known(call: Call) -> bool:
        raise LookupError(f"{call.number} is not known")

    with behind() as server:
        server.gate.arm(Rule(Kind.ACCEPT, is_not_known, Errno(errno.EMFILE)))
        assert server.echo(LINE) == LINE
        assert "could not handle accept" in server.gate.failure
        server.gate.disarm()
        assert server.echo(LINE) == LINE


def a_call_waits(gate: Gate) -> bool:
    """Return whether a call waits to be made in the target's place, and nothing else moves."""
    return gate._substitutes.wait and gate.passages() is not None  # noqa: SLF001


def breaks(*_: object) -> None:
    """Stand for a method of the gate that has a defect."""
    raise LookupError("by hand")


def test_a_call_that_waits_and_cannot_be_made_goes_on_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with behind() as server, server.client() as client:
        client.sendall(LINE)
        assert received(client, len(LINE)) == LINE
        server.gate.arm(Rule(Kind.READ, about_a_socket, Shorten(1), times=100))
        client.sendall(LINE)
        assert received(client, len(LINE)) == LINE
        wait_until(lambda: a_call_waits(server.gate))
        monkeypatch.setattr(Shortened, "make", breaks)
        client.sendall(LINE)
        assert received(client, len(LINE)) == LINE
        assert "could not make a call" in server.gate.failure


def test_a_gate_that_dies_of_whatever_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with behind() as server:
        monkeypatch.setattr(Substitutes, "give_back", breaks)
        server.gate.disarm(server.gate.arm(Rule(Kind.ACCEPT, every, Hold())))
        wait_until(lambda: server.gate.failure != "")
        assert server.gate.failure == "the gate broke: LookupError('by hand')"


def test_what_a_broken_gate_has_seen_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    arm = Gate.arm

    def break_and_arm(gate: Gate, rule: Rule) -> ArmedRule:
        gate.failure = "the gate broke: by hand"
        return arm(gate, rule)

    monkeypatch.setattr(Gate, "arm", break_and_arm)
    harness = ServerHarness(Target("127.0.0.1", REFERENCE), Rules())
    try:
        trial = harness.run_trial(around(AcceptError((2,), AcceptErrno.EMFILE, 1), 1))
    finally:
        harness.close()
    assert {one.outcome for one in trial.verdicts.values()} == {Outcome.INCONCLUSIVE}


def test_an_error_that_ends_a_connection_really_ends_it() -> None:
    with behind() as server, server.client() as client:
        client.sendall(LINE)
        assert received(client, len(LINE)) == LINE
        server.gate.arm(Rule(Kind.READ, about_a_socket, Errno(errno.ECONNRESET, severs=True)))
        client.sendall(LINE)
        # A read that had begun before still returns what has come.
        assert received(client, 2 * len(LINE)) in (b"", LINE)
        assert client.recv(1) == b""


def test_a_waiting_read_is_given_back_when_its_rule_is_taken_away() -> None:
    with behind() as server, server.client() as client:
        client.sendall(LINE)
        assert received(client, len(LINE)) == LINE
        armed = server.gate.arm(Rule(Kind.READ, about_a_socket, Shorten(1), times=100))
        client.sendall(LINE)
        assert received(client, len(LINE)) == LINE
        wait_until(lambda: a_call_waits(server.gate))
        server.gate.disarm(armed)
        wait_until(lambda: server.gate.passages() is not None)
        handled = len(armed.handled)
        client.sendall(LINE)
        assert received(client, len(LINE)) == LINE
        assert len(armed.handled) == handled


def test_a_kernel_that_denies_the_gate_is_no_fault_of_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A filter without instructions is what the kernel refuses here: a container refuses them all.
    monkeypatch.setattr(kernel, "program", lambda *_: b"\0" * 8)
    with serving(REFERENCE, frozenset({Kind.ACCEPT})) as server:
        assert server.gate is None
        assert server.why_no_gate.startswith("a gate is denied here: ")
        with socket.create_connection(("127.0.0.1", server.endpoint.port)) as client:
            client.sendall(LINE)
            assert received(client, len(LINE)) == LINE


def test_an_error_of_a_connection_waits_until_there_is_one_and_takes_it_from_the_queue() -> None:
    with behind(variant("sa_restart")) as server:
        lost = LoseConnection(errno.ECONNABORTED)
        armed = server.gate.arm(Rule(Kind.ACCEPT, every, lost))
        # The accept that the listener sleeps in was called before.
        assert server.echo(LINE) == LINE
        wait_until(lambda: server.gate.passages() is not None and armed.seen)
        assert armed.handled == []
        # It may be reset before connect() has returned.
        with pytest.raises(ConnectionResetError), server.client() as client:
            client.recv(1)
        wait_until(lambda: armed.is_done)
        assert len(armed.lost) == 1
        assert server.echo(LINE) == LINE


def test_a_waiting_accept_is_given_back_when_its_rule_is_taken_away() -> None:
    with behind(variant("sa_restart")) as server:
        armed = server.gate.arm(Rule(Kind.ACCEPT, every, LoseConnection(errno.EPROTO)))
        assert server.echo(LINE) == LINE
        wait_until(lambda: server.gate.passages() is not None and armed.seen)
        server.gate.disarm(armed)
        assert server.echo(LINE) == LINE
        assert armed.handled == []
