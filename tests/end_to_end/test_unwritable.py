"""What cannot be written costs a sentence and status 2; what was found is shown all the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from properties.running.exit_status import INTERNAL_ERROR
from tests.end_to_end.programs import REFERENCE
from tests.end_to_end.runs import SHORT, MarkedRun

SERVER = ("--", *REFERENCE)


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
    ],
)
def test_the_report_is_shown_although_a_file_cannot_be_written(
    words: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    done = anechoic(tmp_path, (*words, "--write", "page.html", *SERVER))
    assert done.returncode == 2, done.stderr
    assert "tcpserv04 --port {port} conforms" in done.stdout
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("words", "redirection", "sentence"),
    [
        (("list",), ">&-", "standard output is closed"),
        (("list",), ">/dev/full", "cannot write the report: No space left on device"),
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
    command = ("--", sys.executable, "-P", "-m", "target.tcpserv01", "--port", "{port}")
    done = anechoic(tmp_path, (*SHORT, "--json", "result.json", *command))
    assert done.returncode == 2, done.stderr
    assert "FAIL control x no_zombies" in done.stdout
    assert "the case could not be kept" in done.stdout
    assert json.loads((tmp_path / "result.json").read_text())["exit_status"] == 2


def test_json_can_go_to_standard_output_and_the_report_to_standard_error(tmp_path: Path) -> None:
    done = anechoic(tmp_path, (*SHORT, "--json", "-", "--cases", "kept", *SERVER))
    assert json.loads(done.stdout)["exit_status"] == 0
    assert "conforms" in done.stderr


def test_an_error_of_our_own_exits_with_70_and_says_what_to_report(tmp_path: Path) -> None:
    program = (
        "import sys, properties.cli.main as one\n"
        "def broken(_): raise ValueError('a defect')\n"
        "one._status_of = broken\n"
        "sys.exit(one.main(['list']))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == INTERNAL_ERROR == 70
    assert "ValueError: a defect" in done.stderr
    assert "Please report it" in done.stderr
