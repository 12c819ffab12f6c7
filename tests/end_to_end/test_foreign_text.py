"""A server with a hostile command line and hostile last words: no output of a run obeys them."""

import json
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
