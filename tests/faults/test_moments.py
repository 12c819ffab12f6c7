"""Moments are read from the kernel: idle, unread input, blocked in write, ended."""

import signal

import pytest

from faults import moments
from faults.fault import Reading
from faults.freezing import is_stopped
from target.command import Command
from tests.faults.scenes import A_WORD, scene_with
from tests.properties.running import SELECTORS, THREADED, known_by_address, serving

each_server = pytest.mark.parametrize(
    "command", [THREADED, SELECTORS], ids=["threads", "selectors"]
)


def test_a_worker_is_idle_once_it_waits_for_more() -> None:
    with serving() as server, scene_with(server, 1) as (scene, _):
        scene.send(1, A_WORD)
        assert scene.wait(lambda: moments.is_idle(scene, 1), "an idle worker")


def test_a_worker_with_unread_input_is_not_idle() -> None:
    with serving() as server, scene_with(server, 1) as (scene, _):
        assert server.handle is not None
        assert moments.wait_until_served(scene, 1)
        (worker,) = scene.workers(1)
        server.handle.signal(worker.identity, signal.SIGSTOP)
        assert scene.wait(lambda: is_stopped(worker.identity), "the worker to stop")
        assert not moments.has_unread_input(scene, 1)
        scene.send(1, A_WORD)
        assert scene.wait(lambda: moments.has_unread_input(scene, 1), "unread input")
        assert not moments.is_idle(scene, 1)


def test_a_worker_of_an_eager_reader_is_not_blocked_in_write() -> None:
    with serving() as server, scene_with(server, 1) as (scene, _):
        scene.send(1, A_WORD)
        assert scene.wait(lambda: moments.is_idle(scene, 1), "an idle worker")
        assert not moments.is_blocked_in_write(scene, 1)


def test_a_worker_of_a_client_that_does_not_read_blocks_in_write() -> None:
    with serving() as server, scene_with(server, 1) as (scene, _):
        assert moments.block_in_write(scene, 1, moments.TOO_MUCH)
        (worker,) = scene.workers(1)
        assert moments.calls_of(worker) == {"write"}
        assert not moments.is_idle(scene, 1)


@each_server
def test_servers_without_workers_block_as_well(command: Command) -> None:
    with serving(command) as server, scene_with(server, 1) as (scene, _):
        assert moments.block_in_write(scene, 1, moments.TOO_MUCH)


def test_by_address_a_blocked_write_is_seen_from_our_side() -> None:
    with serving() as server, scene_with(known_by_address(server), 1) as (scene, _):
        assert moments.block_in_write(scene, 1, moments.TOO_MUCH)


def test_a_word_blocks_nobody() -> None:
    with serving() as server, scene_with(server, 1) as (scene, _):
        assert not moments.block_in_write(scene, 1, A_WORD)


def test_a_reader_that_goes_on_frees_the_write() -> None:
    with serving() as server, scene_with(server, 1) as (scene, _):
        assert moments.block_in_write(scene, 1, moments.TOO_MUCH)
        scene.set_reading(1, Reading.EAGER)
        assert scene.wait(lambda: not scene.is_stuck(1), "the window to open")


def test_a_process_has_ended_when_it_is_killed_and_not_before() -> None:
    with serving() as server, scene_with(server, 1) as (scene, _):
        assert server.handle is not None
        assert moments.wait_until_served(scene, 1)
        (worker,) = scene.workers(1)
        assert not moments.has_ended(worker.identity)
        server.handle.signal(worker.identity, signal.SIGKILL)
        assert scene.wait(lambda: moments.has_ended(worker.identity), "its end")
