"""The services with a name and the tables of docs/services, against servers of other people."""

import re
import tempfile
from pathlib import Path

import pytest

from faults.payloads import A_LINE, Content, Payload
from faults.server.eof_races import EofRace, Race
from properties.compare.implementation import Implementation, build, filled, missing, which
from properties.compare.implementation_list import read
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.model.target_spec import RoleName, Target
from properties.model.verdict import Outcome
from properties.roles import harness_for
from properties.server.invariants.registry import INVARIANTS
from properties.server.steps import HalfClose, Open, Receive, Reset, Send
from properties.services.registry import service_called
from properties.services.table import read_table
from target.command import Command
from tests.properties.server_runs import PATIENCE, TOP, in_doubt, script, verdicts, violated

TABLES = TOP / "docs" / "services"

LISTED = read(TOP / "docs" / "comparison-services.toml")

EACH_TABLE = (
    *("Python http.server", "nginx", "mini-httpd", "Redis", "memcached", "beanstalkd"),
    *("mosquitto", "aiosmtpd", "pyftpdlib", "OpenSSH", "efingerd by xinetd", "oidentd"),
    *("PostgreSQL", "dictd"),
)
"""One quick server for each table; the others are tried on request."""

VIOLATED = {"Twisted web": {"clean_eof"}}
"""What is violated by this workload already, by those servers that violate anything."""

WORKLOAD = (
    Open(1),
    Send(1, A_LINE),
    Receive(1),
    Open(2),
    Send(2, Payload(Content.DIGITS, 500), 7),
    Receive(2),
    Send(1, Payload(Content.DIGITS, 500)),
    HalfClose(1),
    Open(3),
    Send(3, A_LINE),
    Receive(3),
    Reset(3),
    Open(4),
    Inject(EofRace(4, Race.FIN_AFTER_DATA, A_LINE, frozen=True)),
)


def tried(service: str, command: Command) -> History:
    """Run the workload on a server of this service."""
    rules = Rules(patience=PATIENCE, service=service_called(service, RoleName.SERVER))
    harness = harness_for(Target("127.0.0.1", command), rules, INVARIANTS)
    try:
        return harness.run_trial(WORKLOAD).history
    finally:
        harness.close()


def needs(program: str) -> None:
    if which(program) is None:
        pytest.skip(f"{program} is not installed")


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.toml")), ids=lambda path: path.name)
def test_every_table_of_the_documentation_can_be_used(path: Path) -> None:
    said = read_table(path).script
    assert said.exchanges or said.greeting


@pytest.mark.parametrize("name", ["echo", "discard", "chargen", "daytime", "time"])
def test_xinetd_keeps_to_its_internal_services(name: str) -> None:
    needs("xinetd")
    history = tried(name, script("xinetd_internal.py", name))
    assert in_doubt(history) == {}


def listed(one: Implementation) -> object:
    """Return a server of the list as a parameter."""
    slow = () if one.name in EACH_TABLE else (pytest.mark.exhaustive,)
    return pytest.param(one, id=one.identifier, marks=slow)


@pytest.mark.parametrize("one", [listed(one) for one in LISTED])
def test_a_server_of_the_list_keeps_to_its_service(one: Implementation) -> None:
    if why := missing(one, own_network=True):
        pytest.skip(why)
    with tempfile.TemporaryDirectory() as folder:
        (own := Path(folder) / "own").mkdir()
        command = Command(build(one, own))
        history = tried(filled(one.service, {"here": str(one.here)}), command)
    assert in_doubt(history).keys() == VIOLATED.get(one.name, set())


def test_each_table_is_tried_on_a_server() -> None:
    quick = (one for one in LISTED if one.name in EACH_TABLE)
    tried_ones = {one.service_name for one in quick}
    assert tried_ones == {path.stem for path in TABLES.glob("*.toml")} - {"own"}


def test_a_server_that_reads_one_request_at_a_time_is_sent_one_at_a_time() -> None:
    history = tried(str(TABLES / "own.toml"), script("own_protocol.py"))
    assert in_doubt(history) == {}
    assert verdicts(history)["exact_echo"].outcome is Outcome.PASS


def test_an_answer_to_another_request_is_found() -> None:
    history = tried(str(TABLES / "own.toml"), script("own_protocol.py", "wrong"))
    assert "exact_echo" in violated(history)


def test_what_came_where_an_answer_has_another_form_is_told(tmp_path: Path) -> None:
    table = tmp_path / "hours.toml"
    table.write_text(r"""greeting = "HELLO "
pipelined = false
[[exchange]]
send = "TIME\n"
matches = '\d\d h\n'
""")
    told = verdicts(tried(str(table), script("own_protocol.py")))["exact_echo"]
    assert told.outcome is Outcome.FAIL
    assert re.search(r"; b'\d\d:\d\d.n' came where an answer that matches", told.reason)
