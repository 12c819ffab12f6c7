"""`anechoic check --client` as a user meets it: verdicts, cases, replays, and bad input."""

import json
import sys
from pathlib import Path

import pytest

from properties.cases.case import read_case
from properties.client.role import CLIENT
from tests.end_to_end.conftest import Checked
from tests.end_to_end.runs import answered, finished, is_refused

PLACES = ("{host}", "{port}")
PYTHON = (sys.executable, "-P", "-m")
SAYS_BY_ITS_STATUS = """
import os, socket, sys, threading
server = socket.create_connection(sys.argv[1:])
def copy():
    try:
        while data := os.read(0, 65536):
            server.sendall(data)
        server.shutdown(socket.SHUT_WR)
    except ConnectionResetError:
        # A reset is reported once, to whichever call comes first.
        os._exit(4)
    except OSError:
        pass
threading.Thread(target=copy, daemon=True).start()
try:
    while data := server.recv(65536):
        os.write(1, data)
    status = 3
except ConnectionResetError:
    status = 4
os._exit(status)
"""
"""Says nothing: status 3 is an end of file, 4 a reset, and it never ends with 0."""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--", "no-such-program", *PLACES), "cannot start 'no-such-program': No such file"),
        (("--", "true", *PLACES), "ended before it had connected: exited with status 0"),
        (("--", "sh", "-c", "echo oh dear >&2; exit 3", *PLACES), "oh dear"),
        (("--", "cat", "-", *PLACES[1:]), "ended before it had connected"),
    ],
)
def test_a_client_that_cannot_be_judged_gets_a_sentence_and_status_2(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    is_refused(finished(["check", "--client", *arguments], tmp_path), words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--", "./mine"), "put {host} and {port} where the server's address and port belong"),
        (("--port", "9877"), "--port is for servers"),
        (("--max-connections", "4"), "--max-connections is for servers"),
        (("--address", "127.0.0.1:7"), "--address is for servers"),
        (("--fault", "disconnect_burst"), "no such fault; known are control, freeze, signals"),
        (("--eof-report", "("), "--eof-report '(' is no regular expression"),
    ],
)
def test_bad_input_gets_a_sentence_and_status_2(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    is_refused(answered(["check", "--client", *arguments], tmp_path), words)


def test_the_reference_client_conforms(both_references: Checked) -> None:
    assert both_references.status == 0, both_references.report
    checks = both_references.of("client")
    assert {check["invariant"] for check in checks} == {one.id for one in CLIENT.invariants}
    assert {check["verdict"] for check in checks} <= {"pass", "not-applicable"}


@pytest.mark.exhaustive  # Four workloads of each family, where the check above has one.
def test_the_reference_client_conforms_in_more_workloads(tmp_path: Path) -> None:
    words = ("--client", "--max-examples", "4", "--no-sweep", "--seed", "3")
    done = finished(["check", *words], tmp_path)
    assert done.returncode == 0, done.stdout


def test_both_references_are_checked_where_nothing_is_named(both_references: Checked) -> None:
    assert both_references.status == 0, both_references.report
    data = both_references.result
    assert {check["role"] for check in data["checks"]} == {"server", "client"}
    assert data["totals"]["workloads"] == sum(
        {(c["role"], c["fault"]): c["workloads"] for c in data["checks"]}.values()
    )


@pytest.mark.parametrize(
    "more",
    [
        pytest.param((), id="alone"),
        pytest.param(("-n", "2"), id="xdist", marks=pytest.mark.exhaustive),
    ],
)
def test_the_client_in_fgets_fails_to_notice_and_nothing_else(
    more: tuple[str, ...], tmp_path: Path
) -> None:
    result = tmp_path / "result.json"
    few = ("--max-examples", "1", "--no-sweep", "--seed", "1")
    arguments = ["--client", *few, "--json", str(result), *more]
    done = finished(["check", *arguments, "--", *PYTHON, "target.tcpcli01", *PLACES], tmp_path)
    assert done.returncode == 1, done.stdout
    failed = [c for c in json.loads(result.read_text())["checks"] if c["verdict"] == "fail"]
    assert {check["invariant"] for check in failed} == {"notices_eof"}
    report = done.stdout[done.stdout.index("x notices_eof") :]
    assert "sleeps in read" in " ".join(report.split())
    assert "user                    client                  server" in report
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    case = tmp_path / failed[0]["case"]
    assert len(read_case(case).workload) == 1
    shown = finished(["show", str(case)], tmp_path)
    timeline = report[report.index("  timeline\n") : report.index("  replay")]
    assert timeline in shown.stdout
    again = finished(["replay", str(case)], tmp_path)
    assert (again.returncode, again.stdout.splitlines()[1][:11]) == (1, "STILL FAILS")
    right = finished(["replay", str(case), "--", *PYTHON, "target.tcpcli", *PLACES], tmp_path)
    assert (right.returncode, right.stdout.splitlines()[1][:5]) == (0, "FIXED")


def test_five_connections_of_which_one_is_used_conform(tmp_path: Path) -> None:
    arguments = ["--client", "--max-examples", "1", "--no-sweep", "--seed", "1"]
    done = finished(["check", *arguments, "--", *PYTHON, "target.tcpcli04", *PLACES], tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("reports", "violated"),
    [
        pytest.param((), {"reports_eof", "reports_reset"}, marks=pytest.mark.exhaustive),
        (("--eof-report", "status 3", "--reset-report", "status 4"), set()),
        (("--eof-report", "status 4", "--reset-report", "status 3"), {"reports_eof"}),
    ],
)
def test_a_client_may_tell_by_its_exit_status(
    reports: tuple[str, ...], violated: set[str], tmp_path: Path
) -> None:
    (tmp_path / "client.py").write_text(SAYS_BY_ITS_STATUS)
    result = tmp_path / "result.json"
    families = ["--fault", "peer_fin", "--fault", "peer_reset", "--max-examples", "1", "--no-sweep"]
    arguments = ["--client", "--seed", "2", *families, "--json", str(result), *reports]
    command = ["--", sys.executable, str(tmp_path / "client.py"), *PLACES]
    done = finished(["check", *arguments, *command], tmp_path)
    checks = json.loads(result.read_text())["checks"]
    failed = {check["invariant"] for check in checks if check["verdict"] == "fail"}
    about_reports = failed & {"reports_eof", "reports_reset"}
    assert about_reports >= violated, done.stdout
    assert bool(about_reports) == bool(violated), done.stdout
