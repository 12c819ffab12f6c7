"""`anechoic compare`: implementations side by side, and nothing left behind however it ends."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.compiled import filled_once, shared_by_workers
from tests.end_to_end import programs
from tests.end_to_end.runs import (
    PATIENCE,
    MarkedRun,
    answered,
    finished,
    holds_within,
)
from tests.properties.server_runs import PROGRAMS

SERVER = """
[[implementation]]
name = "{name}"
command = {command}
needs = {{ package = "none" }}
"""
CLIENT = """
[[implementation]]
name = "the client"
role = "client"
command = ["{python}", "-P", "-m", "target.tcpcli", "{host}", "{port}"]
"""
GONE = '[[implementation]]\nname = "gone"\ncommand = "no-such-server {port}"\n' + (
    'needs = { package = "some-package" }\n'
)
SOME = ("--max-examples", "1", "--no-sweep", "--fault", "control", "--seed", "1", "--jobs", "2")


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Return a list of a right server, a wrong one, a client, and one that is not there."""
    return write_list(tmp_path)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which those of the list were compared, once for all workers."""

    def make(folder: Path) -> None:
        files = ("--html", "page.html", "--json", "all.json", "--markdown", "page.md")
        done = finished(["compare", str(write_list(folder)), *SOME, *files], folder)
        (folder / "said").write_text(done.stdout)
        (folder / "status").write_text(str(done.returncode))

    return filled_once(shared_by_workers(tmp_path_factory) / "compared", make)


def write_list(folder: Path) -> Path:
    path = folder / "list.toml"
    servers = ("right", programs.right()), ("wrong", programs.with_zombies())
    entries = (SERVER.format(name=name, command=json.dumps(words)) for name, words in servers)
    path.write_text("".join(entries) + CLIENT + GONE)
    return path


def test_each_of_a_list_is_held_to_its_own_service(tmp_path: Path) -> None:
    words = [sys.executable, str(PROGRAMS / "http_server.py"), "{port}"]
    entry = SERVER.format(name="one", command=json.dumps(words))
    (tmp_path / "http.toml").write_text((PROGRAMS / "http.toml").read_text())
    other = entry.replace('"one"', '"as if it were echo"')
    (tmp_path / "list.toml").write_text(entry + 'service = "{here}/http.toml"\n' + other)
    done = finished(
        ["compare", "list.toml", *SOME, "--json", "all.json", "--markdown", "page.md"], tmp_path
    )
    assert done.returncode == 1, done.stdout
    one, echo = json.loads((tmp_path / "all.json").read_text())["implementations"]
    assert (one["exit_status"], echo["exit_status"]) == (0, 1)
    assert one["service"] == "{here}/http.toml"
    assert one["result"]["service"] == str(tmp_path / "http.toml")
    assert echo["service"] == echo["result"]["service"] == "echo"
    assert "| one (http) |" in (tmp_path / "page.md").read_text()


def test_implementations_are_laid_side_by_side(compared: Path) -> None:
    said = (compared / "said").read_text()
    assert (compared / "status").read_text() == "1", said
    assert "FAIL wrong x no_zombies" in said
    assert "MISSING gone: no-such-server is not installed (package some-package)" in said
    assert "4 implementations, conforming at MUST: 2, " in said
    assert "1 violating a MUST; 1 missing" in " ".join(said.split())
    each = json.loads((compared / "all.json").read_text())["implementations"]
    assert [one["name"] for one in each] == ["right", "wrong", "the client", "gone"]
    assert [one["exit_status"] for one in each] == [0, 1, 0, None]
    assert each[1]["levels"] == {"no_zombies": "must"}
    assert each[1]["conforms_at"]["must"] is False
    assert each[1]["verdicts"]["no_zombies"] == "fail"
    page = (compared / "page.html").read_text()
    assert '<a href="#wrong-no_zombies">FAIL</a>' in page
    assert "time-sequence figure: no_zombies" in page
    assert "| **FAIL** |" in (compared / "page.md").read_text()


def test_the_case_of_a_violation_can_be_shown(compared: Path, tmp_path: Path) -> None:
    said = (compared / "said").read_text()
    case = next(line for line in said.splitlines() if "anechoic show" in line).split()[-1]
    figure = tmp_path / "figure.svg"
    assert "no_zombies" in answered(["show", case, "--svg", str(figure)], compared).stdout
    assert figure.read_text().startswith("<svg")


def test_a_figure_that_cannot_be_written_is_refused(listed: Path, tmp_path: Path) -> None:
    done = answered(["show", str(listed), "--svg", "no/such/x.svg"], tmp_path)
    assert done.returncode == 2
    assert "--svg no/such/x.svg: cannot be written" in done.stderr


def test_those_that_conform_make_a_success(listed: Path, tmp_path: Path) -> None:
    done = finished(["compare", str(listed), *SOME, "--only", "RIGHT"], tmp_path)
    assert done.returncode == 0, done.stdout


def test_what_is_compiled_is_compiled_where_nothing_stays(tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "variants" / "sa_restart.c"
    (tmp_path / "list.toml").write_text(
        f'[[implementation]]\nname = "c"\ncommand = ["{{folder}}/c", "{{port}}"]\n'
        f'compile = ["cc", "-pthread", "-o", "{{folder}}/c", "{source}"]\n'
        '[[implementation]]\nname = "not c"\ncommand = ["{folder}/c", "{port}"]\n'
        'compile = ["sh", "-c", "echo no semicolon; exit 1"]\n'
    )
    own = tmp_path / "tmp"
    own.mkdir()
    run = MarkedRun(["compare", "list.toml", *SOME], tmp_path, temporary=own)
    output, _ = run.start().communicate(timeout=300)
    assert "NOT CHECKED not c" in output
    assert "no semicolon" in output
    assert "[1/2]" in output
    assert "conforming at MUST" in output
    assert list(own.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whatever_ends_it_nothing_stays(
    number: signal.Signals, listed: Path, tmp_path: Path
) -> None:
    own = tmp_path / "tmp"
    own.mkdir()
    run = MarkedRun(["compare", str(listed), "--jobs", "2"], tmp_path, temporary=own)
    process = run.start()
    # Two checks, each with its server and a keeper.
    assert holds_within(lambda: len(run.processes()) > 6 or process.poll() is not None)
    os.kill(process.pid, number)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == (130 if number != signal.SIGKILL else -number), output
    assert holds_within(lambda: run.processes() == set())
    assert holds_within(lambda: list(own.iterdir()) == [])


def test_what_was_found_before_an_interruption_is_shown_and_written(
    listed: Path, tmp_path: Path
) -> None:
    words = ["compare", str(listed), "--only", "wrong", "--json", "all.json"]
    run = MarkedRun(words, tmp_path)
    process = run.start()
    try:
        assert holds_within(lambda: any(tmp_path.glob(".anechoic/cases/no_zombies-*.json")))
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130, output
    assert "FAIL wrong x no_zombies" in output
    (wrong,) = json.loads((tmp_path / "all.json").read_text())["implementations"]
    assert wrong["verdicts"]["no_zombies"] == "fail"
    assert wrong["result"]["partial"] is True
    assert not any(wrong["conforms_at"].values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_compiler_ends_with_the_comparison(number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text(
        '[[implementation]]\nname = "c"\ncommand = "{folder}/c {port}"\n'
        'compile = ["sh", "-c", "echo here > compiling; exec tail -f /dev/null"]\n'
    )
    own = tmp_path / "tmp"
    own.mkdir()
    run = MarkedRun(["compare", "list.toml"], tmp_path, temporary=own)
    process = run.start()
    assert holds_within(lambda: any(own.glob("*/c/compiling")))
    os.kill(process.pid, number)
    process.communicate(timeout=PATIENCE)
    assert holds_within(lambda: run.processes() == set())
    assert holds_within(lambda: list(own.iterdir()) == [])


def test_what_has_none_of_the_faults_is_left_out(listed: Path, tmp_path: Path) -> None:
    words = ["compare", str(listed), "--max-examples", "1", "--fault", "fork_errors", "--seed", "1"]
    done = finished([*words, "--only", "right", "--only", "client"], tmp_path)
    assert "1 implementation of" in done.stdout
    assert "the client" not in done.stdout


def test_a_check_that_cannot_be_made_is_told_and_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text(
        '[[implementation]]\nname = "a"\ncommand = "{folder}/c {port}"\ncompile = "{here}/none"\n'
        '[[implementation]]\nname = "b"\ncommand = "sh {port}"\noptions = "--help"\n'
    )
    done = finished(["compare", "list.toml", "--html", "page.html"], tmp_path)
    assert done.returncode == 2, done.stdout
    assert "a cannot be compiled" in done.stdout
    assert (
        "2 implementations, conforming at MUST: 0, at SHOULD: 0, at MAY: 0; 2 not checked"
        in done.stdout
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.toml",), "none.toml cannot be read: No such file"),
        (("--only", "nobody"), "--only nobody: there is none in"),
        (("--jobs", "0"), "--jobs 0: must be a whole number from 1 to 256"),
        (("--fault", "flood"), "--fault flood: there is no such fault"),
        (("--html", "no/such/x"), "--html no/such/x: cannot be written"),
        (("--", "x"), "compare takes no command"),
    ],
)
def test_bad_input_gets_a_sentence_and_status_2(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    done = answered(["compare", *arguments], tmp_path)
    assert done.returncode == 2, done.stderr
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_one_that_says_how_much_is_tried_is_compared_in_a_quick_comparison_too(
    tmp_path: Path,
) -> None:
    entry = SERVER.format(name="slow", command=json.dumps(programs.right()))
    (tmp_path / "list.toml").write_text(entry + 'options = ["--max-examples", "1"]\n')
    words = ["compare", "list.toml", "--quick", "--fault", "control", "--json", "all.json"]
    done = finished(words, tmp_path)
    assert done.returncode == 0, done.stdout
    (one,) = json.loads((tmp_path / "all.json").read_text())["implementations"]
    assert one["exit_status"] == 0
