"""A server with a hostile command line and hostile last words: no output of a run obeys them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from tests.end_to_end.runs import finished
from tests.properties.reports.test_foreign_text import TYPED, acting

SERVER = """\
import os, socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
for served in range(2):
    connection, _ = listener.accept()
    while data := connection.recv(65536):
        connection.sendall(data)
    connection.close()
os.write(2, os.fsencode(sys.argv[2]) + b"\\n")
sys.exit(1)
"""


def test_the_report_the_files_and_pytest_s_xml_show_it_and_obey_none_of_it(tmp_path: Path) -> None:
    files = ["--html", "page.html", "--json", "result.json", "--junitxml", "result.xml"]
    command = [sys.executable, "-c", SERVER, "{port}", TYPED.replace("\n", "")]
    options = ["--max-examples", "2", "--no-sweep", "--fault", "control", "--seed", "1", "-n", "2"]
    ran = finished(["check", *options, *files, "--", *command], tmp_path)
    assert ran.returncode == 1
    assert "'at \\x1b[31m" in ran.stdout
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    xml = (tmp_path / "result.xml").read_text(encoding="utf-8")
    for written in (ran.stdout, page, xml):
        assert acting(written) == set()
    assert "</script><b>" not in page
    assert "</script><b>" in "".join(ElementTree.fromstring(xml).itertext())
    assert json.loads((tmp_path / "result.json").read_text())["exit_status"] == 1


HOSTILE = "\x1b[2J\u202e"
TEST = f"""\
import anechoic
COMMAND = "sh -c 'printf \\"\\\\033[2J\\\\n\\" >&2; exit 3' {HOSTILE} {{port}}"
test_mine = anechoic.conformance_tests(COMMAND, faults=["control"])


def test_by_a_fixture(anechoic_check):
    anechoic_check(COMMAND)


def test_by_a_call():
    anechoic.check(COMMAND)
"""
"""Tests of a server that ends at once, with words that act on a terminal."""


def test_errors_in_somebody_s_tests_show_it_and_obey_none_of_it(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(TEST, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--junitxml", "result.xml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert "ended before it listened" in done.stdout
    # pytest quotes the line of the test's own source in which it failed: those are not foreign.
    told = [line for line in done.stdout.splitlines() if "COMMAND =" not in line]
    assert acting("\n".join(told)) == set()
    assert acting((tmp_path / "result.xml").read_text(encoding="utf-8")) == set()


def test_an_error_in_somebody_s_service_is_a_sentence_that_obeys_none_of_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "mine.py").write_text(f"def start(): raise ValueError({HOSTILE!r})\n")
    (tmp_path / "other.py").write_text("import mine; SERVICE = mine\n")
    ran = finished(["check", "--service", "other:SERVICE", "--", "./none", "{port}"], tmp_path)
    assert ran.returncode == 2
    assert "start() fails: ValueError: \\x1b[2J\\u202e" in " ".join(ran.stdout.split())
    assert acting(ran.stdout) == set()
