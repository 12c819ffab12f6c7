"""The command line as a user meets it: what it answers, and with which exit status."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from properties.cases.case import Case, write_case
from properties.running.option_list import FLAGS
from properties.running.preflight import SERVES_OUTSIDE
from properties.server.families import FAMILIES
from properties.server.invariants.registry import INVARIANTS
from properties.server.role import SERVER
from properties.server.steps import Open
from target import chamber, descendants
from target.processes import read_text
from tests.end_to_end.conftest import Checked
from tests.end_to_end.programs import right, with_zombies
from tests.end_to_end.runs import (
    PATIENCE,
    SHORT,
    MarkedRun,
    answered,
    finished,
    holds_within,
    is_refused,
)
from tests.properties.server.histories import connection, history, server_found
from tests.properties.server_runs import reserved_port
from tests.starting import interruptible

CHECKOUT = Path(__file__).parents[2]
PORT = "{port}"
needs_chambers = pytest.mark.skipif(bool(chamber.why_not()), reason=chamber.why_not())
RUNG = (sys.executable, "-P", "-m")
RIGHT = ("--", *right())
LISTENS_ELSEWHERE = (
    "import socket, signal; s = socket.create_server(('127.0.0.1', 0)); signal.pause()"
)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--", "no-such-program", PORT), "cannot start 'no-such-program': No such file"),
        (("--", "true", PORT), "ended before it listened: exited with status 0"),
        (("--", "sh", "-c", "echo oh dear; exit 3", PORT), "oh dear"),
        (("--", sys.executable, "-c", "import signal; signal.pause()", PORT), "never listened"),
        (("--", sys.executable, "-c", LISTENS_ELSEWHERE, PORT), "listens on 127.0.0.1:"),
        (("--host", "::1", "--", *RUNG, "target.tcpserv04", "--port", PORT), "not on [::1]:"),
        (("--no-such-option",), "unrecognized arguments: --no-such-option"),
        (("--fault", "control", "-k", "nothing_has_this_name"), "was not judged"),
    ],
)
def test_a_target_that_cannot_be_judged_gets_a_sentence_and_status_2(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    is_refused(finished(["check", *arguments], tmp_path), words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no-dashes-before-the-command", PORT), "the command of a target goes after --"),
        (("--patience", "inf"), "--patience inf: must be a number"),
        (("--address", "127.0.0.1:1"), "no server can be reached at 127.0.0.1:1"),
        (("--address", "nonsense"), "write HOST:PORT"),
        (("--max-examples", "0"), "must be a whole number from 1 to"),
        (("--max-time", "soon"), "--max-time soon: write a time such as 90s"),
        (("--max-time", "9s", "-k", "x"), "--max-time: not together with pytest's options (-k)"),
        (("--quick", "--max-time", "9s"), "give one of --quick, --max-time and --max-examples"),
        (("-n", "many"), "--workers many: must be a number of processes, or auto"),
        (("--max-connections", "0"), "--max-connections 0"),
        (("--fault", "flood"), "no such fault; known are control"),
        (("--", "./mine"), "put {port} where the port belongs"),
        (
            ("--port", "70000", "--", "./mine"),
            "--port 70000: must be a whole number from 1 to 65,535",
        ),
        (("--json", "no/such/folder/x.json"), "cannot be written"),
    ],
)
def test_bad_input_gets_a_sentence_and_status_2(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    is_refused(answered(["check", *arguments], tmp_path), words)


@pytest.mark.parametrize("words", [("list",), ("--wrong",), ("--", "./mine")])
def test_the_version_is_printed_alone(words: tuple[str, ...], tmp_path: Path) -> None:
    done = answered(["--version", *words], tmp_path)
    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert f"--version: prints, and does nothing else: leave out {words[-1]}" in said


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ["check", "--network", "host", "--port", str(port), "--", "cat"]
        done = answered(words, tmp_path)
    assert done.returncode == 2
    assert f"port {port} is in use" in done.stderr


@needs_chambers
def test_a_port_in_use_outside_is_free_in_a_network_of_its_own(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words = [
            "--fault",
            "control",
            "--max-examples",
            "2",
            "--no-sweep",
            "--workers",
            "2",
            "--port",
            port,
        ]
        done = finished(["check", *words, "--", right()[0], port], tmp_path)
    assert done.returncode == 0, done.stdout


@needs_chambers
def test_one_that_never_listens_in_its_own_network_is_told_of_the_other(tmp_path: Path) -> None:
    soon = ("--start-timeout", "1")
    done = finished(["check", *soon, "--", "sleep", "100", "{port}"], tmp_path)
    assert done.returncode == 2
    assert "--network host" in done.stdout


ASKS_FOR_EACH_CLIENT = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    connection, _ = listener.accept()
    with connection:
        try:
            socket.create_connection(("127.0.0.1", int(sys.argv[2]))).close()
        except OSError:
            continue
        while data := connection.recv(4096):
            connection.sendall(data)
"""


@needs_chambers
def test_one_that_needs_another_service_is_tested_where_that_is_and_it_is_said(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as service:
        words = (*SHORT, "--max-connections", "1", "--workers", "1")
        asks = (sys.executable, "-S", "-c", ASKS_FOR_EACH_CLIENT, "{port}")
        done = finished([*words, "--", *asks, str(service.getsockname()[1])], tmp_path)
    assert done.returncode == 0, done.stdout
    assert SERVES_OUTSIDE in " ".join(done.stdout.split())


@needs_chambers
def test_a_case_is_replayed_in_the_network_in_which_it_was_found(tmp_path: Path) -> None:
    words = ["--fault", "control", "--max-examples", "2", "--fail-fast"]
    mute = "import socket; socket.create_server(('127.0.0.1', {port})).accept()[0].recv(1)"
    found = finished(["check", *words, "--", sys.executable, "-c", mute], tmp_path)
    assert found.returncode == 1
    case, *_ = (tmp_path / ".anechoic/cases").glob("*.json")
    assert json.loads(case.read_text())["network"] == "own"
    assert finished(["replay", str(case)], tmp_path).returncode == 1
    assert finished(["replay", "--network", "host", str(case)], tmp_path).returncode == 1


def test_a_conforming_server_is_answered_with_0_and_a_grid(both_references: Checked) -> None:
    assert both_references.status == 0, both_references.report
    assert both_references.result["seed"] == 5
    checks = both_references.of("server")
    assert {check["verdict"] for check in checks} <= {"pass", "not-applicable"}
    tried = [family for family in FAMILIES if family.examples]
    assert len(checks) == len(tried) * len(INVARIANTS)
    assert all(len(line) <= 100 for line in both_references.report.splitlines())


def test_the_connections_and_bytes_of_a_run_are_counted(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    arguments = [
        "check",
        "--max-examples",
        "2",
        "--no-sweep",
        "--fault",
        "control",
        "--json",
        str(result),
    ]
    finished([*arguments, *RIGHT], tmp_path)
    totals = json.loads(result.read_text())["totals"]
    # Each workload has two exchanges besides its own clients; a follow-up has many more.
    assert totals["connections"] > 2 * totals["workloads"]
    assert totals["bytes"] > totals["connections"]


def test_a_quick_run_says_what_it_left_out(tmp_path: Path) -> None:
    done = finished(["check", "--quick", "--fault", "control", *RIGHT], tmp_path)
    assert done.returncode == 0, done.stdout
    assert "quick: 4 of the 16 workloads" in done.stdout


def test_time_ends_a_run_and_what_it_did_not_try_is_named(tmp_path: Path) -> None:
    done = finished(["check", "--max-time", "0.1s", "-n", "1", *RIGHT], tmp_path)
    assert "the time was over before these were tried: " in " ".join(done.stdout.split())


@pytest.mark.exhaustive
def test_within_its_time_a_run_goes_on_for_longer_than_its_usual_number(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    arguments = ["check", "--max-time", "8s", "--fault", "freeze", "--json", str(result)]
    done = finished([*arguments, *RIGHT], tmp_path)
    assert done.returncode == 0, done.stdout
    assert json.loads(result.read_text())["totals"]["workloads"] > 50


def test_an_interrupted_run_shows_what_it_has_found(tmp_path: Path) -> None:
    run = MarkedRun(["check", "--", *with_zombies()], tmp_path)
    process = run.start()
    assert process.stdout is not None
    try:
        shown = next(line for line in process.stdout if line.startswith("FAIL"))
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert "x no_zombies    .anechoic/cases/no_zombies-" in shown
    assert process.returncode == 130
    assert "  replay    anechoic replay .anechoic/cases/no_zombies-" in rest
    assert "anechoic: interrupted" in rest


@pytest.mark.parametrize(
    ("rung", "invariant", "examples", "more"),
    [
        ("tcpserv01", "no_zombies", 1, ()),
        pytest.param("tcpserv02", "listener_survives", 1, (), marks=pytest.mark.exhaustive),
        # A part is eight workloads; of several, the smallest case that fails each time is kept.
        pytest.param("tcpserv03", "no_zombies", 32, ("-n", "2"), marks=pytest.mark.exhaustive),
        pytest.param("tcpserv01", "no_zombies", 8, ("-n", "2"), marks=pytest.mark.exhaustive),
        pytest.param(
            "tcpserv02", "listener_survives", 8, ("-n", "2"), marks=pytest.mark.exhaustive
        ),
        pytest.param("tcpserv03", "no_zombies", 32, (), marks=pytest.mark.exhaustive),
    ],
)
def test_a_rung_of_the_ladder_is_answered_with_1_and_its_reason(
    rung: str, invariant: str, examples: int, more: tuple[str, ...], tmp_path: Path
) -> None:
    few = ["--max-examples", str(examples), "--no-sweep", "--seed", "2"]
    arguments = [*few, "--fault", "disconnect_burst"]
    command = ["--", *RUNG, f"target.{rung}", "--port", PORT]
    done = finished(["check", *arguments, *more, *command], tmp_path)
    assert done.returncode == 1, done.stdout
    assert f"x {invariant}" in done.stdout
    report = done.stdout[done.stdout.index(f"x {invariant}") :]
    labels = ("  workload", "  actual", "  timeline\n", "  replay")
    assert sorted(labels, key=report.index) == list(labels)
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    replay = next(line for line in report.splitlines() if line.startswith("  replay"))
    case = tmp_path / replay.split()[-1]
    shown = finished(["show", str(case)], tmp_path)
    assert shown.returncode == 0, shown.stdout
    timeline = report[report.index("  timeline\n") : report.index("  replay")]
    assert timeline in shown.stdout
    again = finished(["replay", str(case)], tmp_path)
    assert again.returncode == 1, again.stdout
    assert "STILL FAILS" in again.stdout


def test_a_limit_on_clients_is_no_defect_but_a_hint(tmp_path: Path) -> None:
    server = Path(__file__).parent / "at_most_twelve.py"
    arguments = ["check", "--max-examples", "2", "--no-sweep", "--fault", "control", "--seed", "1"]
    command = ["--", sys.executable, str(server), PORT]
    done = finished([*arguments, *command], tmp_path)
    assert done.returncode == 3, done.stdout
    assert "try --max-connections 12" in done.stdout
    within = finished([*arguments, "--max-connections", "12", *command], tmp_path)
    assert within.returncode == 0, within.stdout


def test_an_option_of_pytest_is_handed_on(tmp_path: Path) -> None:
    arguments = [
        "check",
        "--max-examples",
        "2",
        "--no-sweep",
        "--fault",
        "control",
        "--junitxml",
        "junit.xml",
    ]
    done = finished([*arguments, *RIGHT], tmp_path)
    assert done.returncode == 0, done.stdout
    assert "<testsuite" in (tmp_path / "junit.xml").read_text()


@pytest.mark.parametrize(
    "words",
    [
        ["--junitxml=junit.xml"],
        pytest.param(["--junitxml", "junit.xml"], marks=pytest.mark.exhaustive),
    ],
)
def test_of_both_references_each_has_a_report_of_its_own(words: list[str], tmp_path: Path) -> None:
    done = finished(
        ["check", "--max-examples", "1", "--no-sweep", "--fault", "control", *words], tmp_path
    )
    assert done.returncode == 0, done.stdout
    tests = {
        path.name: path.read_text().count("<testcase") for path in sorted(tmp_path.glob("*.xml"))
    }
    assert tests.keys() == {"junit.xml", "junit-client.xml"}
    assert all(tests.values())


def test_what_there_is_can_be_listed(tmp_path: Path) -> None:
    done = finished(["list"], tmp_path)
    assert done.returncode == 0
    assert "disconnect_burst" in done.stdout
    assert "no_zombies" in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["check", "--help"], ["gate", "--help"], ["replay", "--help"], ["show", "--help"]],
)
def test_help_fits_the_screen(arguments: list[str], tmp_path: Path) -> None:
    done = answered(arguments, tmp_path)
    assert done.returncode == 0
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


def test_what_was_found_is_written_when_the_first_violation_ends_the_run(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    arguments = ["check", "--fail-fast", "-n", "2", "--fault", "control", "--json", str(result)]
    done = finished([*arguments, "--", *with_zombies()], tmp_path)
    assert done.returncode == 1, done.stdout
    failed = [c for c in json.loads(result.read_text())["checks"] if c["verdict"] == "fail"]
    assert {check["invariant"] for check in failed} == {"no_zombies"}
    assert all(Path(tmp_path, check["case"]).exists() for check in failed)


def test_a_report_that_nobody_reads_is_no_traceback(tmp_path: Path) -> None:
    run = MarkedRun(
        ["check", "--max-examples", "2", "--no-sweep", "--fault", "control", *RIGHT], tmp_path
    )
    process = run.start()
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    "more",
    [
        pytest.param((), id="ours"),
        pytest.param(("-p", "no:cacheprovider"), id="xdist", marks=pytest.mark.exhaustive),
    ],
)
def test_a_run_that_has_lost_a_worker_is_no_success(more: tuple[str, ...], tmp_path: Path) -> None:
    arguments = [
        "check",
        "-n",
        "2",
        *more,
        "--max-examples",
        "64",
        "--no-sweep",
        "--fault",
        "control",
    ]
    run = MarkedRun([*arguments, *RIGHT], tmp_path)
    process = run.start()
    try:
        assert holds_within(lambda: len(_workers(process.pid)) == 2)
        # Until a worker runs a part it may be replaced without a loss.
        assert holds_within(lambda: len(run.processes()) > 12 or process.poll() is not None)
        os.kill(_workers(process.pid)[0], signal.SIGKILL)
        output, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 3, output
    assert "could not be run" in output


def _workers(controller: int) -> list[int]:
    """Return the children that run workloads; one more is the nursery of the target's keepers."""
    return [
        pid
        for pid in descendants.children_of(controller)
        if "keeper" not in (read_text(f"/proc/{pid}/cmdline") or "keeper")
    ]


def test_the_names_of_our_options_are_left_to_other_people_s_tests(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    for name in ('--host', '--port', '--seed', '--server'):\n"
        "        parser.addoption(name)\n"
    )
    (tmp_path / "test_it.py").write_text(
        "def test_it(request):\n    assert request.config.getoption('--host') == 'here'\n"
    )
    done = pytest_elsewhere(tmp_path, "--host", "here")
    assert done.returncode == 0, done.stdout + done.stderr


def pytest_elsewhere(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder that is not this checkout."""
    with interruptible():
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )


def test_in_pytest_one_file_is_not_taken_for_two_outputs(tmp_path: Path) -> None:
    suite = ("--pyargs", "properties.suite", "--anechoic-fault", "control")
    done = pytest_elsewhere(tmp_path, *suite, "--anechoic-json", "x", "--junitxml", "x")
    assert done.returncode == 2, done.stdout
    assert "x: is named for two outputs" in done.stdout + done.stderr


def options_of_pytest(folder: Path, *suite: str) -> set[str]:
    """Return the names of all options that pytest lists."""
    return set(re.findall(r"--[a-z-]+", pytest_elsewhere(folder, "--help", *suite).stdout))


def test_in_pytest_elsewhere_every_option_has_a_prefix(tmp_path: Path) -> None:
    names = options_of_pytest(tmp_path)
    assert {flag.prefixed for flag in FLAGS if flag.pytest} <= names
    assert not {flag.short for flag in FLAGS} & names
    refused = pytest_elsewhere(tmp_path, "--server", "./mine {port}")
    assert "unrecognized arguments: --server" in refused.stderr


def test_in_this_checkout_every_option_has_a_short_name_as_well(tmp_path: Path) -> None:
    names = options_of_pytest(tmp_path, str(CHECKOUT / "properties"))
    assert {name for flag in FLAGS if flag.pytest for name in (flag.short, flag.prefixed)} <= names


@pytest.mark.parametrize("action", ["replay", "show"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        ("{", "is not JSON"),
        ("{}", "'anechoic_case' is missing"),
        ('{"anechoic_case": 99}', "its format is 99, and this version reads 1 to 3"),
        ('{"anechoic_case": 1, "invariant": "x"}', "no invariant is called 'x'"),
    ],
)
def test_what_is_no_case_is_refused_in_words_by_replay_and_show(
    action: str, content: str | None, words: str, tmp_path: Path
) -> None:
    case = tmp_path / "case.json"
    if content is not None:
        case.write_text(content)
    done = answered([action, case.name], tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("anechoic: ERROR case.json")
    assert words in " ".join(done.stderr.split())


def test_show_runs_nothing_and_so_takes_no_command(tmp_path: Path) -> None:
    done = answered(["show", "case.json", "--", "./mine"], tmp_path)
    assert done.returncode == 2
    assert "show takes no command" in done.stderr


@pytest.mark.parametrize(("encoding", "line"), [("utf-8", "──"), ("ascii", "--")])
def test_a_timeline_is_drawn_with_what_the_output_can_show(
    encoding: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = tuple(history(server_found(), connection(1)).events)
    case = Case(SERVER, INVARIANTS[0], "control", (Open(1),), "", ("x", PORT), history=events)
    path = write_case(case, tmp_path)
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    assert f"{line} connects {line}" in finished(["show", str(path)], tmp_path).stdout


def test_a_case_by_address_is_an_error_where_nobody_listens(tmp_path: Path) -> None:
    with reserved_port() as unused:
        case = Case(SERVER, INVARIANTS[0], "control", (Open(1),), "", None, port=unused.port)
        path = write_case(case, tmp_path)
        done = answered(["replay", str(path)], tmp_path)
    assert done.returncode == 2, done.stderr
    assert "no server can be reached" in done.stdout + done.stderr
