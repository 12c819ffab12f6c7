"""Killing what is below a process: never by a pid that another process may have by now."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from target import processes
from target.descendants import kill_child
from tests.target.programs import wait_until


@contextmanager
def a_grandchild() -> Iterator[tuple[int, processes.Identity]]:
    """Start a process that starts another one; give the pid of the first, and the second."""
    words = ["sh", "-c", "sleep 1000 & echo $!; wait"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        found = processes.identify(int(child.stdout.readline()))
        assert found is not None
        try:
            yield child.pid, found
        finally:
            processes.send_signal(found, signal.SIGKILL)
            child.kill()


def test_a_child_of_one_of_the_parents_is_killed() -> None:
    with a_grandchild() as (parent, grandchild):
        kill_child(grandchild.pid, {parent, os.getpid()})
        wait_until(lambda: processes.has_ended(grandchild))


def test_a_pid_that_has_become_another_process_is_left_alone() -> None:
    with a_grandchild() as (_, grandchild):
        kill_child(grandchild.pid, {os.getpid()})
        found = processes.look_at(grandchild.pid)
        assert found is not None
        # SIGKILL would wait to be handled, or have ended it.
        assert not found.is_zombie
        assert not (processes.threads_of(grandchild.pid)[0].awaits_signal)


def test_a_pid_that_is_gone_is_no_error() -> None:
    with a_grandchild() as (parent, grandchild):
        pass
    kill_child(grandchild.pid, {parent})
