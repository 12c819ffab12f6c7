"""`anechoic gate` as users give it: around test suites that are not ours."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.chambers import NOBODY
from tests.end_to_end.runs import MarkedRun, answered, finished, holds_within
from tests.properties.gated.programs import ECHO

ROOT = Path(__file__).parents[2]

A_TEST = """\
import socket, subprocess, sys

def test_three_clients():
    command = [sys.executable, "-S", "server.py"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        port = int(server.stdout.readline())
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port), 30) as client:
                client.sendall(b"hello")
                assert client.recv(5, socket.MSG_WAITALL) == b"hello"
        server.terminate()
"""

CATCHES = """\
import signal, sys, time
def end(number, _frame):
    sys.exit(number)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, end)
print("ready", flush=True)
while True:
    signal.pause()
"""

PROVES_NOTHING = "the command ended with 0, but a rule never happened, which proves nothing"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a server and a pytest test of it."""
    (tmp_path / "server.py").write_text(ECHO, encoding="utf-8")
    (tmp_path / "test_server.py").write_text(A_TEST, encoding="utf-8")
    return tmp_path


def pytest_in(folder: Path) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]


def words(output: str) -> str:
    return " ".join(output.split())


def test_a_pytest_suite_meets_the_error_and_fails(folder: Path) -> None:
    rule = ["--fail", "accept:ECONNABORTED", "--nth", "2", "--program", "server.py"]
    written = ["--json", "r.json"]
    run = finished(["gate", *rule, *written, "--", *pytest_in(folder)], folder)
    assert run.returncode == 1
    assert "1 failed" in run.stdout
    assert "(the 2nd call of server.py): happened" in words(run.stdout)
    assert "then it exited with status 1" in words(run.stdout)
    report = json.loads((folder / "r.json").read_text())
    assert report["happened"]
    assert report["exit_status"] == report["command_ended"]["status"] == 1
    (hit,) = report["rules"][0]["hits"]
    assert hit["program"] == "server.py"
    assert hit["call"].startswith("accept4 on 127.0.0.1:")
    assert hit["ended"] == {"status": 1, "signal": None}


def test_a_suite_that_never_meets_it_proves_nothing(folder: Path) -> None:
    rule = ["--fail", "accept:ECONNABORTED", "--nth", "99", "--program", "server.py"]
    run = finished(["gate", *rule, "--", *pytest_in(folder)], folder)
    assert run.returncode == 3
    assert "1 passed" in run.stdout
    assert "did not happen" in words(run.stdout)
    assert PROVES_NOTHING in words(run.stdout)


def test_a_name_that_fits_nothing_is_told_with_those_that_would_have(folder: Path) -> None:
    rule = ["--fail", "accept:EMFILE", "--program", "sever.py"]
    run = finished(["gate", *rule, "--", *pytest_in(folder)], folder)
    assert run.returncode == 3
    assert "no such call, but by other programs: " in words(run.stdout)
    assert "by server.py" in words(run.stdout)


def test_calls_to_which_it_cannot_happen_are_told(folder: Path) -> None:
    connects = "import socket; s = socket.socket(); s.settimeout(1); s.connect_ex(('127.0.0.1', 9))"
    rule = ["--fail", "connect:ETIMEDOUT", "--json", "r.json"]
    run = finished(["gate", *rule, "--", sys.executable, "-c", connects], folder)
    assert run.returncode == 3
    assert "only calls to which it cannot happen: 1 by python" in words(run.stdout)
    (made,) = json.loads((folder / "r.json").read_text())["rules"][0]["impossible"].values()
    assert made == 1


@pytest.mark.skipif(shutil.which("ctest") is None, reason="needs ctest")
def test_a_suite_of_ctest(folder: Path) -> None:
    command = " ".join(f'"{word}"' for word in pytest_in(folder))
    (folder / "CTestTestfile.cmake").write_text(
        f"add_test(clients {command})\n"
        f'set_tests_properties(clients PROPERTIES WORKING_DIRECTORY "{folder}")\n',
        encoding="utf-8",
    )
    rule = ["--fail", "accept:EMFILE", "--program", "server.py"]
    run = finished(["gate", *rule, "--", "ctest"], folder)
    assert run.returncode == 8
    assert "0% tests passed" in run.stdout
    assert "accept fails with EMFILE (the 1st call of server.py): happened" in words(run.stdout)


@pytest.mark.parametrize(
    ("line", "status"),
    [("cat /dev/null; exit 7", 7), ("cat /dev/null; kill -TERM $$", 143), ("cat /dev/null", 0)],
)
def test_the_exit_status_is_the_command_s(line: str, status: int, tmp_path: Path) -> None:
    rule = ["--fail", "open:EMFILE", "--nth", "2", "--program", "cat"]
    run = finished(["gate", *rule, "--", "sh", "-c", line], tmp_path)
    assert run.returncode == status
    assert "happened" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--", "true"], "there is no rule"),
        (["--fail", "accept:EMFILE"], "there is no command: it goes after --"),
        (["--fail", "accept:ENOENT", "--", "true"], "does not fail with that"),
        (["--fail", "accept:EMFILE", "--json", "no/x", "--", "true"], "cannot be written"),
        (["--fail", "accept:EMFILE", "--wrong", "--", "true"], "unrecognized arguments: --wrong"),
        (["--list", "--json", "x"], "--list: prints, and does nothing else: leave out --json"),
        (["--fail", "accept:EMFILE", "--nth", "2", "--list"], "leave out --fail and --nth"),
        (["--list", "--", "true"], "--list: prints, and does nothing else: leave out the command"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(
    arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    run = answered(["gate", *arguments], tmp_path)
    assert run.returncode == 2
    assert sentence in words(run.stderr)
    assert "Traceback" not in run.stderr


def test_a_command_that_cannot_be_started_is_one_sentence(tmp_path: Path) -> None:
    run = finished(["gate", "--fail", "accept:EMFILE", "--", "./none"], tmp_path)
    assert run.returncode == 2
    assert "cannot start './none'" in words(run.stdout)
    assert "Traceback" not in run.stdout


def test_what_can_fail_with_what_is_listed(tmp_path: Path) -> None:
    run = answered(["gate", "--list"], tmp_path)
    assert run.returncode == 0
    assert "epoll_ctl ENOMEM, ENOSPC" in words(run.stdout)
    assert "close nothing" in words(run.stdout)


@contextmanager
def catching(folder: Path, source: str = CATCHES) -> Iterator[MarkedRun]:
    """Run a program that says when it is ready, behind the gate."""
    command = [sys.executable, "-S", "-c", source]
    run = MarkedRun(["gate", "--fail", "accept:EMFILE", "--", *command], folder)
    process = run.start()
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield run
    finally:
        process.kill()
        process.communicate()
        assert holds_within(lambda: not run.processes())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruptions_go_to_the_command(number: signal.Signals, tmp_path: Path) -> None:
    with catching(tmp_path) as run:
        assert run.process is not None
        run.process.send_signal(number)
        output, _ = run.process.communicate(timeout=60)
        assert run.process.returncode == number
        assert "did not happen" in words(output)
        assert not run.processes()


def test_control_c_reaches_the_children_as_in_a_shell(tmp_path: Path) -> None:
    source = (
        f"import os\nos.fork() and os._exit(os.waitstatus_to_exitcode(os.wait()[1]))\n{CATCHES}"
    )
    ignoring = f"import signal\nsignal.signal(signal.SIGINT, lambda *_: None)\n{source}"
    with catching(tmp_path, ignoring) as run:
        assert run.process is not None
        run.process.send_signal(signal.SIGINT)
        run.process.communicate(timeout=60)
        assert run.process.returncode == signal.SIGINT


def test_nothing_is_left_when_it_is_killed(tmp_path: Path) -> None:
    with catching(tmp_path) as run:
        assert run.process is not None
        run.process.kill()
        run.process.wait()
        assert holds_within(lambda: not run.processes())


def test_what_the_command_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    line = "setsid sleep 1000 >/dev/null 2>&1 & exit 0"
    run = MarkedRun(["gate", "--fail", "accept:EMFILE", "--", "sh", "-c", line], tmp_path)
    process = run.start()
    process.communicate(timeout=60)
    assert process.returncode == 3
    assert not run.processes()


def usable_by_nobody() -> str | None:
    """Return an interpreter that an ordinary user may run, with what we need installed."""
    for python in (sys.executable, "/usr/bin/python3"):
        check = "import sys, psutil; sys.exit(sys.version_info < (3, 11))"
        try:
            run = subprocess.run([python, "-c", check], user=NOBODY, group=NOBODY, env=for_nobody())
        except OSError:
            continue
        if run.returncode == 0:
            return python
    return None


def for_nobody() -> dict[str, str]:
    paths = (str(ROOT), sysconfig.get_path("purelib"))
    return {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(paths)}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_an_ordinary_user_needs_no_privileges() -> None:
    python = usable_by_nobody()
    if python is None:
        pytest.skip("no interpreter that an ordinary user may run has what is needed")
    rule = ["--fail", "open:EMFILE", "--nth", "2", "--program", "cat"]
    run = subprocess.run(
        [python, "-m", "properties.cli.main", "gate", *rule, "--", "cat", "/dev/null"],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd="/",
        env=for_nobody(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "open fails with EMFILE (the 2nd call of cat): happened" in words(run.stderr)
    assert "it exited with status 0" in words(run.stderr)
