"""While its calls go on one at a time, a target has one processor; afterwards those of before."""

import os
import sys
from collections.abc import Iterator

import pytest

from faults.scheduling.processor import on_one_processor
from target.client_handle import ClientHandle, start
from target.command import Command
from target.sockets import Endpoint
from tests.target.programs import wait_until

TWO_PROCESSES = """
import os, signal, threading
threading.Thread(target=signal.pause, daemon=True).start()
os.fork()
signal.pause()
"""
FORKS_WHEN_ASKED = "import os, sys; sys.stdin.readline(); os.fork(); sys.stdin.read()"

several = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")


@pytest.fixture(params=[TWO_PROCESSES])
def held(request: pytest.FixtureRequest) -> Iterator[ClientHandle]:
    words = (sys.executable, "-I", "-S", "-c", request.param, "{port}")
    made = start(Command(words), Endpoint("127.0.0.1", 9))
    yield made
    made.stop()


def allowed(held: ClientHandle) -> list[set[int]]:
    return [os.sched_getaffinity(thread.tid) for thread in held.look().threads]


@several
def test_all_threads_of_all_processes_have_the_same_one(held: ClientHandle) -> None:
    wait_until(lambda: len(held.look().threads) == 3)
    before = allowed(held)
    with on_one_processor(held):
        inside = allowed(held)
    assert inside == [inside[0]] * 3
    assert len(inside[0]) == 1
    assert allowed(held) == before


@several
def test_a_thread_that_was_kept_to_some_gets_these_back(held: ClientHandle) -> None:
    wait_until(lambda: len(held.look().threads) == 3)
    kept = max(thread.tid for thread in held.look().threads)
    os.sched_setaffinity(kept, {max(os.sched_getaffinity(0))})
    before = allowed(held)
    with on_one_processor(held):
        pass
    assert allowed(held) == before


@several
@pytest.mark.parametrize("held", [FORKS_WHEN_ASKED], indirect=True)
def test_what_is_made_meanwhile_is_not_kept_to_one_for_ever(held: ClientHandle) -> None:
    with on_one_processor(held):
        held.streams.write(b"now\n")
        wait_until(lambda: len(held.look().processes) == 2)
    assert allowed(held) == [os.sched_getaffinity(0)] * 2
