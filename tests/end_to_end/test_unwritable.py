"""What cannot be written costs a sentence and status 2; what was found is shown all the same."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from properties.running.exit_status import INTERNAL_ERROR
from tests.end_to_end.programs import right, with_zombies
from tests.end_to_end.runs import SHORT, MarkedRun, answered
from tests.starting import interruptible

SERVER = ("--", *right())
GONE = """
[[implementation]]
name = "gone"
command = "no-such-server {port}"
needs = { package = "some-package" }
"""
"""A list for anechoic compare of one that is on no machine."""


def anechoic(
    folder: Path, words: tuple[str, ...], redirection: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the command line through a shell that redirects its output; return all it has said."""
    environment = MarkedRun((), folder).environment
    return subprocess.run(
        ["sh", "-c", f'exec "$0" -m anechoic "$@" {redirection}', sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((*SHORT, "--json", "/dev/full"), "--json /dev/full: cannot be written: No space left"),
        ((*SHORT, "--jsonl", "/dev/full"), "the events can no longer be written: No space left"),
        ((*SHORT, "--junitxml", "/dev/full"), "--junitxml /dev/full: cannot be written: No space"),
    ],
)
def test_the_report_is_shown_although_a_file_cannot_be_written(
    words: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    done = anechoic(tmp_path, (*words, "--write", "page.html", *SERVER))
    assert done.returncode == 2, done.stderr
    assert "{port} conforms" in done.stdout
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("words", "redirection", "sentence"),
    [
        (("list",), ">&-", "standard output is closed"),
        (("list",), ">/dev/full", "cannot write the report: No space left on device"),
        (("--help",), ">/dev/full", "cannot write the help: No space left on device"),
        (("check", "--help"), ">/dev/full", "cannot write the help: No space left on device"),
        (("--version",), ">/dev/full", "cannot write the report: No space left on device"),
        ((*SHORT, *SERVER), ">/dev/full", "cannot write the report: No space left on device"),
        ((*SHORT, "--cases", "/dev/full/x", *SERVER), "", "is no folder"),
        ((*SHORT, "--json", "/dev/fd/8", *SERVER), "", "--json /dev/fd/8: cannot be written"),
    ],
)
def test_output_that_cannot_be_written_is_one_sentence(
    words: tuple[str, ...], redirection: str, sentence: str, tmp_path: Path
) -> None:
    done = anechoic(tmp_path, words, redirection)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2


def test_a_folder_that_is_gone_when_the_run_ends_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    program = "import os, sys; os.rmdir('gone'); os.execv(sys.argv[1], sys.argv[1:])"
    command = ("--", sys.executable, "-c", program, *SERVER[1:])
    done = anechoic(tmp_path, (*SHORT, "--json", "gone/result.json", *command))
    assert done.returncode == 2, done.stdout
    assert "--json gone/result.json: cannot be written: No such file or directory" in done.stderr


def test_cases_that_cannot_be_kept_do_not_hide_what_was_found(tmp_path: Path) -> None:
    (tmp_path / ".anechoic").write_text("no folder")
    command = ("--", *with_zombies())
    done = anechoic(tmp_path, (*SHORT, "--json", "result.json", *command))
    assert done.returncode == 2, done.stderr
    assert "FAIL control x no_zombies" in done.stdout
    assert "the case could not be kept" in done.stdout
    assert json.loads((tmp_path / "result.json").read_text())["exit_status"] == 2


def test_json_can_go_to_standard_output_and_the_report_to_standard_error(tmp_path: Path) -> None:
    done = anechoic(tmp_path, (*SHORT, "--json", "-", "--cases", "kept", *SERVER))
    assert json.loads(done.stdout)["exit_status"] == 0
    assert "conforms" in done.stderr


@pytest.mark.parametrize("output", ["-", "/dev/stdout"])
def test_a_junit_report_can_go_to_standard_output(output: str, tmp_path: Path) -> None:
    done = anechoic(tmp_path, (*SHORT, "--junitxml", output, *SERVER))
    assert done.returncode == 0, done.stderr
    assert ElementTree.fromstring(done.stdout).tag == "testsuites"
    assert "{port} conforms" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("output", ["-", "/dev/stdout", "/dev/fd/1"])
def test_a_comparison_on_standard_output_is_nothing_but_json(output: str, tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text(GONE)
    done = anechoic(tmp_path, ("compare", "list.toml", "--json", output))
    assert [one["name"] for one in json.loads(done.stdout)["implementations"]] == ["gone"]
    assert "1 implementation of list.toml" in done.stderr


INTERRUPTED_WHILE = """
import os, signal, sys
import {module} as reporting
from properties.cli import main
before = reporting.write_each
def interrupted(*arguments):
    os.kill(os.getpid(), signal.SIGINT)
    return before(*arguments)
reporting.write_each = interrupted
sys.exit(main.main(sys.argv[1:]))
"""
"""The command line, interrupted when it has all results and begins to write the files."""


@pytest.mark.parametrize("action", ["compare", "merge"])
def test_an_interruption_at_the_end_costs_no_file(action: str, tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text(GONE)
    words = {"compare": "list.toml", "merge": "one.json"}
    modules = {"compare": "properties.compare.command", "merge": "properties.merging.command"}
    if action == "merge":
        assert anechoic(tmp_path, (*SHORT, "--json", "one.json", *SERVER)).returncode == 0
    program = INTERRUPTED_WHILE.format(module=modules[action])
    done = run_as_program(tmp_path, program, (action, words[action], "--json", "all.json"))
    assert done.returncode == 130, done.stderr
    assert json.loads((tmp_path / "all.json").read_text())


@pytest.mark.parametrize(
    "words",
    [
        ("check", "--json", "x.json", "--write", "./x.json"),
        ("compare", "--json", "x", "--html", "x"),
        ("merge", "one.json", "--json", "x", "--junit", "x"),
        ("grade", "--json", "x", "--gradescope", "x", "--", "./mine"),
        ("show", "case.json", "--svg", "x", "--pcap", "x"),
    ],
    ids=lambda words: words[0],
)
def test_one_file_for_two_outputs_is_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    done = answered(words, tmp_path)
    assert done.returncode == 2
    assert "is named for two outputs, and only one would be left" in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("check", "--expect", "x", "--json", "x", "--", "./mine"),
        ("check", "--service", "x.toml", "--json", "./x.toml", "--", "./mine"),
        ("compare", "x", "--markdown", "x"),
        ("merge", "one.json", "x", "--json", "x"),
        ("grade", "x", "--json", "x", "--", "./mine"),
        ("show", "x", "--svg", "x"),
    ],
    ids=lambda words: words[0],
)
def test_what_is_read_is_not_overwritten(words: tuple[str, ...], tmp_path: Path) -> None:
    for name in ("x", "x.toml"):
        (tmp_path / name).write_text("of value")
    done = answered(words, tmp_path)
    assert done.returncode == 2
    assert "is read as well, and would be overwritten" in " ".join(done.stderr.split())
    assert {one.read_text() for one in tmp_path.iterdir()} == {"of value"}


@pytest.mark.parametrize(
    "words",
    [
        *(("list",), ("check",), ("compare",), ("grade",), ("gate",)),
        *(("merge", "one.json"), ("show", "case.json")),
    ],
    ids=lambda words: words[0],
)
def test_in_a_folder_that_is_gone_a_command_ends_with_a_sentence(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    done = run_as_program(tmp_path, IN_NO_FOLDER, words)
    assert done.returncode == 2, done.stderr
    why = "the current folder cannot be used: No such file or directory"
    assert done.stderr == f"anechoic: {why}; change to another\n"


IN_NO_FOLDER = """
import os, sys
from properties.cli import main
os.mkdir("gone")
os.chdir("gone")
os.rmdir("../gone")
sys.exit(main.main(sys.argv[1:]))
"""


def run_as_program(
    folder: Path, program: str, words: tuple[str, ...]
) -> subprocess.CompletedProcess[str]:
    """Run Python code that has the command line at hand; return all it has said."""
    with interruptible():
        return subprocess.run(
            [sys.executable, "-c", program, *words],
            cwd=folder,
            env=MarkedRun((), folder).environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.mark.parametrize("error", ["ValueError('a defect')", "SystemExit('a defect')"])
def test_an_error_of_our_own_exits_with_70_and_says_what_to_report(
    error: str, tmp_path: Path
) -> None:
    program = (
        "import sys, properties.cli.main as one\n"
        f"def broken(*_): raise {error}\n"
        "one._run = broken\n"
        "sys.exit(one.main(['list']))"
    )
    done = run_as_program(tmp_path, program, ())
    assert done.returncode == INTERNAL_ERROR == 70
    assert f"{error.partition('(')[0]}: a defect" in done.stderr
    assert "Please report it" in done.stderr
