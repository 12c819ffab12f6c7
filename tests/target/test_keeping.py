"""The tester's end of the keeper."""

import errno
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from target import keeper
from target.errors import TargetError
from target.keeping import NO_ANSWER, Kept, Nursery
from tests.starting import interruptible
from tests.target.programs import ROOT

SLEEPING = ("sleep", "1000")


def dropping(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so many requests get lost, as by a nursery that is killed before it has read them."""
    request = Nursery.request
    left = [times]

    def lose(nursery: Nursery, message: Mapping[str, Any], descriptors: Sequence[int]) -> None:
        left[0] -= 1
        if left[0] < 0:
            request(nursery, message, descriptors)

    monkeypatch.setattr(Nursery, "request", lose)


def test_a_nursery_that_ended_before_it_answered_is_asked_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropping(1, monkeypatch)
    kept = Kept(SLEEPING, os.environ, "/")
    assert kept.is_kept()
    kept.stop()


def test_what_is_ended_each_time_is_said_and_not_held_against_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropping(2, monkeypatch)
    with pytest.raises(TargetError, match=NO_ANSWER):
        Kept(SLEEPING, os.environ, "/")


# A tester whose nursery and keepers have the limits that its arguments name.
LIMITED = """
import os, resource, sys
from faults.gate import kernel
from target.errors import TargetError
from target.keeping import Kept
name, limit, *words = sys.argv[1:]
program = kernel.program(()) if "behind a gate" in words else b""
argv = ("sleep", "1000", "{dir}")[: 3 if "in a folder" in words else 2]
if name.startswith("RLIMIT_"):
    resource.setrlimit(getattr(resource, name), (int(limit), int(limit)))
else:
    os.environ[name] = limit
try:
    Kept(argv, os.environ, "/", program=program).stop()
except TargetError as error:
    print(type(error).__name__, error)
"""


def said_under(*words: str) -> str:
    """Return what a tester with such a limit is told when it starts a target."""
    with interruptible():
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    return done.stdout.strip()


def test_a_keeper_without_descriptors_says_what_it_could_not_make() -> None:
    said = said_under("RLIMIT_NOFILE", "10")
    what = r"no (pipe can be made|input can be opened)"
    assert re.fullmatch(f"NotStartedError cannot start 'sleep': {what}: Too many open files", said)


def test_a_folder_that_cannot_be_made_is_named() -> None:
    said = said_under("TMPDIR", "/proc", "in a folder")
    assert said.startswith("NotStartedError cannot start 'sleep': no directory can be made for it")
    assert said.endswith("in /proc, where temporary files are kept: No such file or directory")


def test_a_gate_that_cannot_be_fetched_is_told_as_such() -> None:
    assert said_under("RLIMIT_NOFILE", "11", "behind a gate") == "GateError Too many open files"


def test_a_nursery_that_can_make_no_process_says_so_and_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def denied() -> int:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", denied)
    nursery, tester = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with nursery, tester, ours, theirs:
        socket.send_fds(tester, [b"{}"], [theirs.fileno()])
        assert keeper.fork_keeper(nursery) == keeper.NO_PID
        theirs.close()
        why = "no process can be made to hold it: Resource temporarily unavailable"
        assert json.loads(ours.recv(1000)) == {"event": "failed", "reason": why}
        assert ours.recv(1000) == b""
