"""A call that a stop has interrupted is known by its registers once the thread goes on."""

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from target.client_handle import ClientHandle, start
from target.command import Command
from target.processes import Thread
from target.restarted import RestartedCalls
from target.settled import Look, restless
from target.sockets import Endpoint
from target.waits import RESTARTED, Wait
from tests.target.programs import wait_until

POLL = Wait("poll", timed=False, arguments=(10, 1, 0xFFFFFFFF, 0, 0, 0))
AGAIN = Wait(RESTARTED, timed=True, arguments=POLL.arguments)
THREAD = Thread(pid=1, tid=1, state="S", wait=POLL, switches=3, awaits_signal=False)


def look(*threads: Thread) -> Look:
    return Look((), threads)


def call_of(calls: RestartedCalls, thread: Thread) -> Wait | None:
    (seen,) = calls.named(look(thread)).threads
    return seen.wait


@pytest.mark.parametrize("state", ["S", "T"])
def test_it_is_the_call_that_was_seen_with_the_same_arguments(state: str) -> None:
    calls = RestartedCalls()
    calls.named(look(replace(THREAD, state=state)))
    assert call_of(calls, replace(THREAD, wait=AGAIN)) == POLL


def test_with_other_arguments_it_is_another_call() -> None:
    calls = RestartedCalls()
    calls.named(look(THREAD))
    other = replace(AGAIN, arguments=(10, 1, 500, 0, 0, 0))
    assert call_of(calls, replace(THREAD, wait=other)) == other


def test_of_another_thread_nothing_is_known() -> None:
    calls = RestartedCalls()
    calls.named(look(THREAD))
    assert call_of(calls, replace(THREAD, tid=2, wait=AGAIN)) == AGAIN


def test_of_a_thread_that_has_gone_nothing_is_known_any_more() -> None:
    calls = RestartedCalls()
    calls.named(look(THREAD, replace(THREAD, tid=2)))
    calls.named(look(replace(THREAD, tid=3)))
    assert call_of(calls, replace(THREAD, wait=AGAIN)) == AGAIN


@pytest.fixture
def polling() -> Iterator[ClientHandle]:
    source = "import select; p = select.poll(); p.register(0, 1); p.poll()"
    words = (sys.executable, "-I", "-S", "-c", source, "{port}")
    held = start(Command(words), Endpoint("127.0.0.1", 9))
    yield held
    held.stop()


def calls_of(held: ClientHandle) -> set[str]:
    return {thread.wait.call for thread in held.look().threads if thread.wait is not None}


def test_a_program_that_was_stopped_in_poll_is_settled_when_it_goes_on(
    polling: ClientHandle,
) -> None:
    wait_until(lambda: calls_of(polling) == {"poll"})
    os.kill(polling.root.pid, signal.SIGSTOP)
    wait_until(lambda: {one.state for one in polling.look().threads} == {"T"})
    os.kill(polling.root.pid, signal.SIGCONT)
    wait_until(lambda: {one.state for one in polling.look().threads} == {"S"})
    assert restless(polling.look(), polling.look()) is None
