"""The end of a process, seen through its pidfd."""

import os
import subprocess
from dataclasses import replace

from target import processes
from target.end_watch import EndWatch
from target.processes import Identity
from tests.target.programs import wait_until


def sleeping() -> tuple[subprocess.Popen[bytes], Identity]:
    process = subprocess.Popen(["sleep", "60"])
    identity = processes.identify(process.pid)
    assert identity is not None
    return process, identity


def test_a_process_has_ended_before_it_is_reaped_and_after() -> None:
    process, identity = sleeping()
    watch = EndWatch(identity)
    assert not watch.has_ended()
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert watch.has_ended()
    process.wait()
    assert watch.has_ended()
    watch.close()


def test_a_process_that_was_given_the_number_later_is_another_one() -> None:
    process, identity = sleeping()
    watch = EndWatch(replace(identity, start=identity.start - 1))
    assert watch.has_ended()
    watch.close()
    process.kill()
    process.wait()


def test_one_that_is_watched_no_longer_is_looked_at() -> None:
    process, identity = sleeping()
    watch = EndWatch(identity)
    before = len(os.listdir("/proc/self/fd"))
    watch.close()
    watch.close()
    assert len(os.listdir("/proc/self/fd")) == before - 1
    assert not watch.has_ended()
    process.kill()
    process.wait()
    wait_until(watch.has_ended)
