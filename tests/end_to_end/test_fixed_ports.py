"""Servers whose port is fixed: each chamber has the port to itself, and nothing outside is met."""

import json
import os
import shutil
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from faults.fault import Status
from faults.payloads import A_LINE
from faults.server.host_crash import Crash, HostCrash
from faults.wire import wire
from properties.model.events import Injected
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.server.harness import ServerHarness
from properties.server.steps import Receive, Send
from target import keeper
from target.command import Command
from tests.chambers import NOBODY, inside, needs_a_chamber
from tests.end_to_end.programs import right
from tests.end_to_end.runs import MarkedRun, finished
from tests.faults.contexts import around
from tests.properties.server_runs import HOST, PATIENCE, in_doubt

pytestmark = needs_a_chamber

ECHO = 7
SOME = ("--max-examples", "2", "--no-sweep", "--seed", "1", "--fault", "control")
FOR_EVERY_USER = shutil.which("python3", path="/usr/bin:/bin")
"""An interpreter that an ordinary user may run, wherever ours is."""

LISTED = """
[[implementation]]
name = "{name}"
command = {command}
port = {port}
"""


def fixed(port: int) -> tuple[str, ...]:
    """Return the command of a server that listens on this port and no other."""
    return (*right()[:-1], str(port))


@contextmanager
def taken_outside() -> Iterator[int]:
    """Give a port of this machine's network on which another program listens."""
    with socket.create_server((HOST, 0)) as other:
        yield other.getsockname()[1]


def test_two_workers_have_a_server_each_on_one_port(tmp_path: Path) -> None:
    with taken_outside() as port:
        words = ["check", *SOME, "--fault", "eof_races", "--fault", "host_crash", "-n", "2"]
        done = finished([*words, "--port", str(port), "--", *fixed(port)], tmp_path)
    assert done.returncode == 0, done.stdout


def test_two_runs_at_once_never_meet(tmp_path: Path) -> None:
    with taken_outside() as port:
        words = ["check", *SOME, "-n", "1", "--port", str(port), "--", *fixed(port)]
        runs = [MarkedRun(words, tmp_path) for _ in range(2)]
        processes = [run.start() for run in runs]
        outputs = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs


def test_implementations_with_one_port_are_compared_side_by_side(tmp_path: Path) -> None:
    with taken_outside() as port:
        entries = (
            LISTED.format(name=name, command=json.dumps(fixed(port)), port=port)
            for name in ("one", "another")
        )
        (tmp_path / "list.toml").write_text("".join(entries))
        words = ["compare", "list.toml", *SOME, "--jobs", "2", "--json", "all.json"]
        done = finished(words, tmp_path)
    compared = json.loads((tmp_path / "all.json").read_text())["implementations"]
    assert [one["exit_status"] for one in compared] == [0, 0], done.stdout


def may_be_entered(path: Path) -> bool:
    """Return whether every user may reach a file."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be another user")
@pytest.mark.skipif(not FOR_EVERY_USER, reason="needs a python3 of the system")
@pytest.mark.skipif(not may_be_entered(Path(keeper.__file__)), reason="this folder is closed")
def test_an_ordinary_user_tries_a_server_on_port_7_between_two_hosts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", FOR_EVERY_USER)
    workload = (*around(HostCrash(1, Crash.REBOOTS, 3), 1, 2), Send(2, A_LINE), Receive(2))
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        program = shutil.copy(right()[0], folder)

        def work() -> History:
            target = Target(HOST, Command((program, str(ECHO))), ECHO)
            harness = ServerHarness(target, Rules(patience=PATIENCE))
            try:
                return harness.run_trial(workload).history
            finally:
                harness.close()

        history = inside(work, NOBODY, wire.stand_by)
    (injected,) = history.of(Injected)
    assert injected.status is Status.FIRED, injected
    assert in_doubt(history) == {}
