"""`--service` on the command line: a service by name, as a table, and in a saved case."""

import json
import sys
from pathlib import Path

import pytest

from properties.cases.case import FOLDER
from properties.compare.implementation import which
from properties.compare.implementation_list import READY
from tests.end_to_end.runs import SHORT, answered, finished
from tests.properties.server_runs import PROGRAMS

TABLE = str(PROGRAMS / "http.toml")

SHOUTING = """
class Upper:
    def start(self):
        return self

    def sent(self, data):
        return data.upper()

    def ended(self):
        return b""
"""


def http_server(*way: str) -> tuple[str, ...]:
    """Return the command of the HTTP server of the tests."""
    return (sys.executable, str(PROGRAMS / "http_server.py"), "{port}", *way)


def test_an_http_server_conforms_to_its_table(tmp_path: Path) -> None:
    done = finished((*SHORT, "--service", TABLE, "--", *http_server()), tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("way", "fault", "invariant"),
    [
        ("wrong_half_close", "eof_races", "clean_eof"),
        ("wrong_zombies", "control", "no_zombies"),
        ("wrong_sigpipe", "eof_races", "listener_survives"),
        ("wrong_leak", "disconnect_burst", "no_fd_leak"),
        ("wrong_aborted", "accept_errors", "listener_survives"),
        ("wrong_spin", "scarce_descriptors", "no_spin"),
    ],
)
def test_a_mistake_of_an_http_server_is_found_by_its_name(
    way: str, fault: str, invariant: str, tmp_path: Path
) -> None:
    asked = ("--seed", "1", "--level", "may", "--fail-fast", "--service", TABLE, "--fault", fault)
    done = finished(("check", *asked, "--", *http_server(way)), tmp_path)
    assert done.returncode == 1, done.stdout
    told = " ".join(done.stdout.split()).partition("does not conform: ")[2]
    assert invariant in told


@pytest.mark.parametrize("fault", ["fork_errors", "scarce_descriptors", "accept_errors"])
def test_its_correct_twin_conforms_by_every_requirement(fault: str, tmp_path: Path) -> None:
    asked = ("--seed", "3", "--level", "should", "--service", TABLE, "--fault", fault)
    done = finished(("check", *asked, "--max-examples", "2", "--", *http_server()), tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_case_keeps_the_table_and_replays_without_its_file(tmp_path: Path) -> None:
    table = tmp_path / "http.toml"
    table.write_text(Path(TABLE).read_text())
    words = (*SHORT, "--fail-fast", "--service", "http.toml")
    assert finished((*words, "--", *http_server("wrong_zombies")), tmp_path).returncode == 1
    (case,) = (tmp_path / FOLDER).glob("no_zombies-*.json")
    table.unlink()
    saved = json.loads(case.read_text())
    assert saved["service"] == "http.toml"
    assert saved["service_table"]["exchange"][0]["send"] == "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    done = finished(("replay", str(case), "--times", "1"), tmp_path)
    assert "STILL FAILS 1/1" in done.stdout


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("own:Missing", "--service own:Missing: there is no 'Missing' in own"),
        ("own:NAME", "--service own:NAME: it has no method start()"),
        ("nowhere:Own", "--service nowhere:Own: nowhere cannot be imported: ModuleNotFoundError"),
        ("gopher", "--service gopher: there is no such service; known are echo, discard, chargen"),
        ("none.toml", "--service none.toml cannot be read: No such file or directory"),
        ("bad.toml", "--service bad.toml, exchange 1: say what is owed, either expect or matches"),
    ],
)
def test_a_service_that_cannot_be_used_is_one_sentence(
    service: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "own.py").write_text('NAME = "own"\n')
    (tmp_path / "bad.toml").write_text('[[exchange]]\nsend = "x"\n')
    done = answered((*SHORT, "--service", service, "--", *http_server()), tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("name", "port", "said"),
    [
        ("discard", 9, "conforms"),
        ("chargen", 19, "conforms"),
        ("daytime", 13, "conforms"),
        # It writes a long, which has 8 bytes here, where RFC 868 has 4.
        ("time", 37, "got more than was owed, from byte 4"),
    ],
)
def test_the_internal_services_of_gnu_inetd_are_judged(
    name: str, port: int, said: str, tmp_path: Path
) -> None:
    if which("inetutils-inetd") is None:
        pytest.skip("inetutils-inetd is not installed")
    server = (sys.executable, str(READY.parent / "programs" / "inetutils_inetd.py"), "{host}", name)
    words = (*SHORT, "--network", "own", "--service", name, "--port", str(port), "--", *server)
    done = finished(words, tmp_path)
    assert said in done.stdout


def test_a_client_is_played_a_service_in_which_it_goes_on_typing(tmp_path: Path) -> None:
    done = answered(("check", "--client", "--service", "discard"), tmp_path)
    assert done.returncode == 2
    assert "clients are tested with echo, lines, none, or a table" in done.stderr


def test_a_client_of_lines_conforms_and_reports_name_the_service(tmp_path: Path) -> None:
    files = ("--json", "all.json", "--junitxml", "junit.xml", "--html", "page.html")
    words = (*SHORT, "--client", "--service", "lines", *files)
    done = finished(words, tmp_path)
    assert done.returncode == 0, done.stdout
    assert json.loads((tmp_path / "all.json").read_text())["service"] == "lines"
    assert 'name="anechoic_service" value="lines"' in (tmp_path / "junit.xml").read_text()
    assert "<dt>service</dt><dd>lines</dd>" in (tmp_path / "page.html").read_text()
    assert "service lines, 1 fault family" in done.stdout


def test_a_service_in_python_is_found_in_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "shouting.py").write_text(SHOUTING)
    server = (sys.executable, str(PROGRAMS / "threaded.py"), "{port}", "upper")
    done = finished((*SHORT, "--service", "shouting:Upper", "--", *server), tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_module_that_exits_as_it_is_imported_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "leaves.py").write_text("raise SystemExit(0)")
    done = finished(
        ["check", "--quick", "--service", "leaves:Own", "--", "true", "{port}"], tmp_path
    )
    assert done.returncode == 2, done.stdout
    assert "leaves cannot be imported: SystemExit: 0" in done.stdout
