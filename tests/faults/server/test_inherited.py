"""inherited: a server is started with more, or less, than a shell leaves it."""

import resource
import signal
import sys

import pytest

from faults.fault import Status
from faults.server.inherited import MANY, Inheritance, StartedWith
from properties.model.events import Injected
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.model.target_spec import Target
from properties.model.trial import Trial
from properties.server.generation.sweep import of_fault
from properties.server.harness import ServerHarness
from properties.server.process_events import ServerFound
from target import process_status, processes
from target.command import REFERENCE, Command
from target.inherited import Inherited, OutputPipe
from target.keeping import Kept
from tests.end_to_end.runs import holds_within
from tests.properties.server_runs import HOST, compiled, mutant, only_injected, variant

CHOICES = {choice.value: choice for choice in of_fault(StartedWith)}


def started_with(what: Inheritance, command: Command = REFERENCE) -> Trial:
    """Run the finite choice that is about this on a server."""
    harness = ServerHarness(Target(HOST, command), Rules(patience=3.0))
    try:
        return harness.run_trial(CHOICES[what.value].workload)
    finally:
        harness.close()


def sleeping(inherited: Inherited) -> Kept:
    """Start a program that only sleeps, with this inheritance; wait until it does."""
    kept = Kept(["sleep", "1000"], {"PATH": "/usr/bin:/bin"}, "/", inherited=inherited)

    def sleeps() -> bool:
        # Before, it has its libraries open.
        is_it = processes.read_text(f"/proc/{kept.pid}/comm") == "sleep\n"
        return is_it and all(one.sleeps for one in processes.threads_of(kept.pid))

    if not holds_within(sleeps):
        kept.stop()
        raise AssertionError("it does not sleep")
    return kept


@pytest.mark.parametrize("what", Inheritance)
def test_the_reference_does_not_mind(what: Inheritance) -> None:
    trial = started_with(what)
    assert only_injected(trial.history).status is Status.FIRED
    assert trial.violated == frozenset()


def test_descriptors_are_closed() -> None:
    kept = sleeping(Inherited(closed=(0, 2)))
    try:
        assert set(processes.descriptors_of(kept.pid)) == {1}
    finally:
        kept.stop()


def test_many_descriptors_are_open() -> None:
    kept = sleeping(Inherited(descriptors=MANY))
    try:
        assert len(processes.descriptors_of(kept.pid)) == 3 + MANY
    finally:
        kept.stop()


def test_signals_are_ignored_and_blocked() -> None:
    kept = sleeping(Inherited(ignored=(signal.SIGPIPE,), blocked=(signal.SIGCHLD,)))
    try:
        masks = process_status.signals_of(kept.pid)
        assert masks is not None
        assert (signal.SIGPIPE in masks.ignored, signal.SIGCHLD in masks.blocked) == (True, True)
    finally:
        kept.stop()


def test_limits_are_lowered_and_never_raised() -> None:
    low = Inherited(limits=((resource.RLIMIT_NOFILE, 100), (resource.RLIMIT_CORE, 1 << 50)))
    kept = sleeping(low)
    try:
        assert resource.prlimit(kept.pid, resource.RLIMIT_NOFILE) == (100, 100)
        core = resource.prlimit(kept.pid, resource.RLIMIT_CORE)
        assert core[0] <= resource.getrlimit(resource.RLIMIT_CORE)[0] or core[0] == 1 << 50
    finally:
        kept.stop()


def test_a_full_pipe_blocks_what_is_printed() -> None:
    command = ["sh", "-c", "echo late >&2; echo words; echo later >&2"]
    inherited = Inherited(output=OutputPipe.FULL)
    kept = Kept(command, {"PATH": "/usr/bin:/bin"}, "/", inherited=inherited)
    try:
        assert holds_within(lambda: bool(kept.output()))
        assert kept.wait_until_ended(kept.pid, 0.2) is None
        assert kept.output() == "late\n"
    finally:
        kept.stop()


def test_without_a_reader_what_is_printed_ends_it() -> None:
    inherited = Inherited(output=OutputPipe.GONE)
    kept = Kept(["sh", "-c", "echo words"], {"PATH": "/usr/bin:/bin"}, "/", inherited=inherited)
    try:
        assert kept.wait_until_ended(kept.pid, 20.0) == signal.SIGPIPE
    finally:
        kept.stop()


def test_a_server_that_does_not_start_so_is_not_blamed() -> None:
    needs_input = Command(
        ("sh", "-c", 'test -e /proc/self/fd/0 && exec "$@"', "-", *REFERENCE.words)
    )
    trial = started_with(Inheritance.NO_INPUT, needs_input)
    event = only_injected(trial.history)
    assert event.status is Status.IMPOSSIBLE
    assert event.detail.startswith("it does not start so: ")
    assert trial.violated == frozenset()


ABORTS = (
    "import os, socket, sys, time\n"
    "is_usual = os.path.exists('/proc/self/fd/0')\n"
    "listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    "is_usual or os.abort()\n"
    "while True: listener.accept()[0].close()"
)
"""A server that ends just after it has begun to listen, where it has no standard input."""


def test_one_that_ends_as_soon_as_it_listens_is_not_blamed_either() -> None:
    command = Command((sys.executable, "-c", ABORTS, "{port}"))
    event = only_injected(started_with(Inheritance.NO_INPUT, command).history)
    assert event.status is Status.IMPOSSIBLE
    assert event.detail.startswith("it does not start so: ")


def test_the_next_workload_has_a_server_that_was_started_as_usual() -> None:
    harness = ServerHarness(Target(HOST, REFERENCE), Rules(patience=3.0))
    try:
        harness.run_trial(CHOICES[Inheritance.NO_STREAMS.value].workload)
        found = next(harness.run_trial(()).history.of(ServerFound))
        assert {0, 1, 2} <= set(processes.descriptors_of(found.listener))
    finally:
        harness.close()


def test_only_the_first_of_two_is_what_it_was_started_with() -> None:
    workload = tuple(
        Inject(StartedWith(what)) for what in (Inheritance.NO_INPUT, Inheritance.NO_ERROR)
    )
    harness = ServerHarness(Target(HOST, REFERENCE), Rules(patience=3.0))
    try:
        history = harness.run_trial(workload).history
    finally:
        harness.close()
    assert [event.status for event in history.of(Injected)] == [Status.FIRED, Status.MISSED]


def test_a_daemon_that_closes_its_streams_itself_is_right() -> None:
    trial = started_with(Inheritance.NO_STREAMS, variant("opens_null"))
    assert trial.violated == frozenset()


@pytest.mark.parametrize(
    ("what", "command", "invariant"),
    [
        (Inheritance.NO_ERROR, compiled("start_logs_on_two"), "listener_survives"),
        (Inheritance.CHLD_IGNORED, compiled("start_waits_for_none"), "no_spin"),
        (Inheritance.OUTPUT_GONE, mutant("start_prints.py"), "listener_survives"),
    ],
)
def test_a_server_that_takes_it_for_granted_is_caught(
    what: Inheritance, command: Command, invariant: str
) -> None:
    assert invariant in started_with(what, command).violated
