"""Work that is done in a chamber: in a process of its own, as root or as an ordinary user."""

import ctypes
import functools
import multiprocessing
import os
import traceback
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import pyroute2  # noqa: F401 - loaded before the forks: nobody may not be able to read it
import pytest

from faults.wire import wire
from target import chamber
from target.keeping import end_nursery

NOBODY = 65534
PR_SET_DUMPABLE = 4

needs_a_chamber = pytest.mark.skipif(bool(chamber.why_not()), reason=chamber.why_not())

each_user = pytest.mark.parametrize(
    "user",
    [
        pytest.param(None, id="as we are"),
        pytest.param(
            NOBODY, id="nobody", marks=pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
        ),
    ],
)

Answer = TypeVar("Answer")
Parameters = ParamSpec("Parameters")


def inside(
    work: Callable[[], Answer],
    user: int | None = None,
    with_rights: Callable[[], None] = lambda: None,
) -> Answer:
    """Return what this returns in a process of its own that has entered a chamber.

    `with_rights` is called before it gives up what its maker may do.
    """
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()

    def entered() -> None:
        try:
            if user is not None:
                become(user)
            chamber.enter(with_rights)
            theirs.send((True, work()))
        except BaseException:
            theirs.send((False, traceback.format_exc()))
            raise
        finally:
            wire.end()
            end_nursery()

    process = fork.Process(target=entered)
    process.start()
    theirs.close()
    try:
        succeeded, answer = ours.recv()
    finally:
        process.join()
    assert succeeded, answer
    found: Answer = answer
    return found


def in_a_chamber(test: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Run a test in a chamber, where nobody else has connections; skip it where there is none."""

    @functools.wraps(test)
    def entered(*arguments: Parameters.args, **named: Parameters.kwargs) -> None:
        inside(functools.partial(test, *arguments, **named))

    return needs_a_chamber(entered)


def with_a_wire(work: Callable[[], Answer]) -> Answer:
    """Return what this returns in a chamber with a wire, where there can be one."""
    return work() if chamber.why_not() else inside(work, with_rights=wire.stand_by)


def become(user: int) -> None:
    """Drop all privileges; the kernel must let the process write its own files in /proc again."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    assert ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0
