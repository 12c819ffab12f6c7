"""A target behind a gate is started: what the keeper does, and what it says where that fails."""

import errno
import os
import subprocess

import pytest

from faults.gate import kernel
from target.gating import Gate
from tests.target.programs import wait_until


def test_a_gate_that_the_keeper_cannot_fetch_is_a_failure_of_the_gate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def denied(pid: int) -> int:
        del pid
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    gate = Gate(kernel.program(()))
    with subprocess.Popen(["sh", "-c", "kill -STOP $$"]) as child:
        try:
            monkeypatch.setattr(os, "pidfd_open", denied)
            assert gate.fetch(child.pid) is None
            assert gate.failure == "no gate: Too many open files"
            # Nothing may go on that would have no gate.
            wait_until(lambda: child.poll() is not None)
            assert child.returncode == -9
        finally:
            child.kill()
