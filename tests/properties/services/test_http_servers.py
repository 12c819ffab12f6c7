"""HTTP servers with one mistake each, found by the faults of echo servers; their correct twins."""

import pytest

from faults.payloads import A_LINE
from faults.server.accept_errors import AcceptErrno, AcceptError
from faults.server.eof_races import EofRace, Race
from faults.server.scarce_descriptors import ScarceDescriptors
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.server.steps import Open, Receive, Reset, Send
from properties.services.table import read_table
from tests.properties.server_runs import PATIENCE, PROGRAMS, in_doubt, run, script, violated

RULES = Rules(patience=PATIENCE, service=read_table(PROGRAMS / "http.toml"))

SERVED: Workload = (Open(1), Send(1, A_LINE), Receive(1))
CLOSED_AFTER_DATA = (*SERVED, Inject(EofRace(1, Race.CLOSE_AFTER_DATA, A_LINE, frozen=True)))
FIN_AFTER_DATA = (*SERVED, Inject(EofRace(1, Race.FIN_AFTER_DATA, A_LINE, frozen=True)))
NO_DESCRIPTOR = (*SERVED, Inject(ScarceDescriptors((2,), 0)))
ABORTED = (*SERVED, Inject(AcceptError((2, 3), AcceptErrno.ECONNABORTED, 2)))
RESET_EACH_TIME = (*SERVED, Reset(1))

MISTAKES = [
    ("wrong_half_close", FIN_AFTER_DATA, "clean_eof", ""),
    ("wrong_zombies", SERVED, "no_zombies", "cgi"),
    ("wrong_sigpipe", CLOSED_AFTER_DATA, "listener_survives", ""),
    ("wrong_leak", RESET_EACH_TIME, "no_fd_leak", ""),
    ("wrong_aborted", ABORTED, "listener_survives", ""),
    ("wrong_spin", NO_DESCRIPTOR, "no_spin", ""),
]


@pytest.mark.parametrize(("way", "workload", "invariant"), [one[:3] for one in MISTAKES])
def test_a_mistake_of_an_http_server_is_found(way: str, workload: Workload, invariant: str) -> None:
    assert invariant in violated(run(workload, script("http_server.py", way), RULES))


@pytest.mark.parametrize(("workload", "twin"), [(one[1], one[3]) for one in MISTAKES])
def test_an_http_server_without_the_mistake_is_not_accused(workload: Workload, twin: str) -> None:
    ways = (twin,) if twin else ()
    assert in_doubt(run(workload, script("http_server.py", *ways), RULES)) == {}
