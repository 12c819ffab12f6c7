"""What a command is started with, and what a user is told where it needs something else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from properties.cases.case import FOLDER, Case, write_case
from properties.server.invariants.no_zombies import INVARIANT
from properties.server.role import SERVER
from properties.server.steps import Open
from tests.end_to_end.programs import right
from tests.end_to_end.runs import SHORT, MarkedRun, answered, finished
from tests.starting import interruptible

IF_STARTED_SO = """
import os, sys
assert os.environ["GREETING"] == "hello", os.environ
assert os.path.exists("marker"), os.getcwd()
os.execv(sys.argv[1], sys.argv[1:])
"""

UNTIL_ITS_INPUT_ENDS = """
import os, socket, sys, threading
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
def serve(connection):
    while data := connection.recv(4096):
        connection.sendall(data)
    connection.close()
def accept():
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
os._exit(0)
"""


def test_a_command_gets_its_folder_and_its_variables(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "marker").touch()
    command = ("--", sys.executable, "-S", "-c", IF_STARTED_SO, *right())
    given = ("--cwd", "there", "--env", "GREETING=hello")
    done = finished([*SHORT, *given, *command], tmp_path)
    assert done.returncode == 0, done.stdout
    refused = finished([*SHORT, *given[2:], *command], tmp_path)
    assert refused.returncode == 2
    assert "AssertionError" in refused.stdout


def test_a_server_that_ends_with_its_input_is_told_so_and_runs_with_an_open_one(
    tmp_path: Path,
) -> None:
    command = ("--", sys.executable, "-c", UNTIL_ITS_INPUT_ENDS, "{port}")
    told = finished([*SHORT, *command], tmp_path)
    assert told.returncode == 2, told.stdout
    assert "ends when its standard input ends: add --stdin open" in " ".join(told.stdout.split())
    result = ("--json", "result.json")
    finished([*SHORT, "--stdin", "open", *result, *command], tmp_path)
    checks = json.loads((tmp_path / "result.json").read_text())["checks"]
    (listener,) = {one["verdict"] for one in checks if one["invariant"] == "listener_survives"}
    assert listener == "pass"


def test_a_server_that_starts_slowly_is_told_of_the_option(tmp_path: Path) -> None:
    program = "import time; time.sleep(60)"
    command = ("--", sys.executable, "-c", program, "{port}")
    done = finished([*SHORT, "--start-timeout", "0.2", *command], tmp_path)
    assert done.returncode == 2
    words = " ".join(done.stdout.split())
    assert "never listened on port" in words
    assert "give it the time with --start-timeout SECONDS" in words


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--json", "x", "--html", "x"), "x: is named for two outputs"),
        (("--json", "x", "--junitxml", "./x"), "x: is named for two outputs"),
        (("--jsonl", "x", "--junit-xml=x"), "x: is named for two outputs"),
        # Of both references, the client's report of pytest gets a name of its own.
        (
            ("--json", "x-client.xml", "--junitxml", "x.xml"),
            "x-client.xml: is named for two outputs",
        ),
        (("--json", "-", "--jsonl", "-"), "only one of them can be standard output"),
        (("--json", "-", "--junitxml", "-"), "only one of them can be standard output"),
        (("-n", "100000"), "--workers 100000: must be a whole number from 0 to 256, or auto"),
        (("--max-time", "99999h"), "to 720h"),
        (("--address", "127.0.0.1:7", "--port", "7"), "--port is for commands"),
        (("--stdin", "closed"), "invalid choice: 'closed'"),
    ],
)
def test_what_contradicts_itself_or_is_out_of_bounds_is_refused(
    words: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    done = answered(["check", *words], tmp_path)
    assert done.returncode == 2, done.stderr
    assert sentence in " ".join(done.stderr.split())


def kept(folder: Path, words: tuple[str, ...]) -> Path:
    """Keep a case as a run would have."""
    case = Case(SERVER, INVARIANT, "control", (Open(1),), "", words, failed=12, times=12)
    return write_case(case, folder / FOLDER)


def test_a_replay_says_what_it_runs_before_it_runs_it(tmp_path: Path) -> None:
    path = kept(tmp_path, ("sh", "-c", "echo it runs; exit 7", "{port}"))
    done = finished(["replay", str(path), "--network", "host"], tmp_path)
    assert done.returncode == 2
    assert done.stdout.startswith("runs sh -c 'echo it runs; exit 7' {port}\n")
    assert "exited with status 7" in " ".join(done.stdout.split())


INTERRUPTED_REPLAY = """
import os, signal, sys
from properties.cases.replay import Replayed
from properties.cli import case_commands, main
def interrupted(case, target, times, tell, **_):
    tell(Replayed(3, 2, 0, "2 zombies"))
    os.kill(os.getpid(), signal.SIGINT)
case_commands.run_again = interrupted
sys.exit(main.main(sys.argv[1:]))
"""
"""The command line, interrupted after the third run of a case, of which two have failed."""


def test_an_interrupted_replay_says_how_often_it_has_failed(tmp_path: Path) -> None:
    path = kept(tmp_path, ("true", "{port}"))
    words = ("--network", "host", "--times", "17")
    with interruptible():
        done = subprocess.run(
            [sys.executable, "-c", INTERRUPTED_REPLAY, "replay", str(path), *words],
            cwd=tmp_path,
            env=MarkedRun((), tmp_path).environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 130, done.stderr
    assert "STILL FAILS 2/3" in done.stdout
    assert "partial: it was interrupted after 3 of 17 runs" in done.stdout


@pytest.mark.parametrize("changed", [False, True], ids=["of somebody else", "changed"])
def test_a_case_that_was_not_made_here_runs_only_where_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, changed: bool
) -> None:
    path = kept(tmp_path, ("touch", str(tmp_path / "it-ran"), "{port}"))
    if changed:
        path.write_text(path.read_text().replace('"patience": 10.0', '"patience": 9.0'))
    else:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "mine"))
    refused = finished(["replay", str(path)], tmp_path)
    assert refused.returncode == 2
    assert "was not made here" in " ".join(refused.stdout.split())
    assert "add --trust" in " ".join(refused.stdout.split())
    assert not (tmp_path / "it-ran").exists()
    finished(["replay", str(path), "--trust"], tmp_path)
    assert (tmp_path / "it-ran").exists()


def test_another_command_may_replay_a_case_of_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(tmp_path, ("touch", str(tmp_path / "it-ran"), "{port}"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "mine"))
    done = finished(["replay", str(path), "--times", "1", "--", *right()], tmp_path)
    assert "/1  control x no_zombies" in done.stdout
    assert not (tmp_path / "it-ran").exists()


SHOWS_OURS = """
import os, sys
sys.exit(f"ours: {[name for name in os.environ if 'HYPOTHESIS' in name or 'OWN' in name]}")
"""


@pytest.mark.parametrize("action", [SHORT, ("gate", "--fail", "accept:EINTR")], ids=lambda w: w[0])
def test_what_is_set_for_ourselves_is_not_given_to_a_command(
    action: tuple[str, ...], tmp_path: Path
) -> None:
    environment = MarkedRun((), tmp_path).environment
    command = (sys.executable, "-S", "-c", SHOWS_OURS, "{port}")
    done = subprocess.run(
        [sys.executable, "-m", "anechoic", *action, "--", *command],
        cwd=tmp_path,
        env={name: value for name, value in environment.items() if "HYPOTHESIS" not in name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ours: []" in done.stderr


def test_a_command_with_line_ends_is_shown_on_one_line(tmp_path: Path) -> None:
    forged = "FIXED 0/5  control x no_zombies  UNP 5.9  MUST"
    path = kept(tmp_path, ("sh", "-c", f"exit 3\n\n{forged}\n", "{port}"))
    done = finished(["replay", str(path), "--trust"], tmp_path)
    assert done.returncode == 2
    assert forged not in done.stdout.splitlines()
    assert f"exit 3  {forged}" in done.stdout
