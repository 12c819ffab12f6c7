"""Holding the listener: it is stopped inside the block, and goes on however the block ends."""

import os
import signal
import subprocess

import pytest

from faults.conditions import has_ended
from faults.freezing import frozen, frozen_listener, is_stopped, thaw
from target import processes
from tests.faults.contexts import context_with, is_gone, marks, stopped
from tests.properties.server_runs import THREADED, serving, wait_until


def test_the_listener_is_stopped_inside_the_block_and_only_there() -> None:
    with serving() as server, context_with(server) as (context, _):
        assert server.handle is not None
        with frozen_listener(context, server.handle) as held:
            assert held
            assert stopped(server.handle) == [server.handle.listener.pid]
        assert stopped(server.handle) == []


def test_workers_are_not_stopped() -> None:
    with serving() as server, context_with(server, 1) as (context, _):
        assert server.handle is not None
        assert context.wait(lambda: bool(context.workers(1)))
        with frozen_listener(context, server.handle):
            worker = context.workers(1)[-1]
            assert not is_stopped(worker.identity)


def test_all_threads_of_a_listener_are_stopped() -> None:
    with serving(THREADED) as server, context_with(server, 1, 2) as (context, _):
        assert server.handle is not None
        listener = server.handle.listener
        assert context.wait(lambda: len(processes.threads_of(listener.pid)) == 3)
        with frozen_listener(context, server.handle) as held:
            assert held
            states = {thread.state for thread in processes.threads_of(listener.pid)}
            assert states == {"T"}


def test_a_block_that_raises_leaves_nothing_stopped() -> None:
    with serving() as server, context_with(server) as (context, history):
        assert server.handle is not None
        with pytest.raises(ZeroDivisionError), frozen_listener(context, server.handle):
            raise ZeroDivisionError
        assert stopped(server.handle) == []
        assert [what for what, _ in marks(history)] == ["SIGSTOP", "SIGCONT"]


def test_a_dead_listener_cannot_be_held_and_is_no_reason_to_fail() -> None:
    with serving() as server, context_with(server, patience=1.0) as (context, _):
        assert server.handle is not None
        listener = server.handle.listener
        server.handle.signal(listener, signal.SIGKILL)
        wait_until(lambda: processes.identify(listener.pid) != listener)
        with frozen_listener(context, server.handle) as held:
            assert not held


def test_a_listener_that_has_died_and_is_not_reaped_yet_is_no_reason_to_fail() -> None:
    with serving() as server, context_with(server) as (context, _):
        assert server.handle is not None
        listener = server.handle.listener
        found = processes.look_at(listener.pid)
        assert found is not None
        keeper = processes.identify(found.parent)
        assert keeper is not None
        processes.send_signal(keeper, signal.SIGSTOP)
        try:
            with frozen_listener(context, server.handle):
                processes.send_signal(listener, signal.SIGKILL)
                wait_until(lambda: is_gone(listener.pid))
        finally:
            processes.send_signal(keeper, signal.SIGCONT)


def test_a_listener_that_dies_while_it_is_held_is_no_reason_to_fail() -> None:
    with serving() as server, context_with(server) as (context, _):
        assert server.handle is not None
        with frozen_listener(context, server.handle):
            server.handle.signal(server.handle.listener, signal.SIGKILL)
        assert stopped(server.handle) == []


def test_one_that_has_ended_and_is_not_reaped_does_not_keep_others_from_being_held() -> None:
    with serving() as server, context_with(server, 1) as (context, _):
        handle = server.handle
        assert handle is not None
        assert context.wait(lambda: bool(context.workers(1)))
        worker = context.workers(1)[-1]
        with frozen_listener(context, handle):
            processes.send_signal(worker.identity, signal.SIGKILL)
            wait_until(lambda: has_ended(worker.identity))
            with frozen(context, handle, (worker, *context.listeners())) as held:
                assert held
            with frozen(context, handle, (worker,)) as held:
                assert not held


def test_thawing_twice_is_harmless() -> None:
    with serving() as server, context_with(server) as (context, _):
        assert server.handle is not None
        listener = server.handle.listener
        server.handle.signal(listener, signal.SIGSTOP)
        assert context.wait(lambda: is_stopped(listener))
        thaw(context, server.handle, [listener])
        thaw(context, server.handle, [listener])
        assert not is_stopped(listener)
        assert server.handle.listener_lives()


def test_a_process_that_has_ended_is_not_stopped() -> None:
    with subprocess.Popen(("true",)) as ended:
        identity = processes.identify(ended.pid)
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        assert identity is not None
        assert not is_stopped(identity)
