"""A case is run again, and the answer is one of three."""

import sys

from faults.disconnect_burst import DisconnectBurst, Manner
from properties.cases import Case
from properties.invariants.no_zombies import INVARIANT
from properties.replay import Replayed, replay
from properties.steps import Inject, Open
from target.command import REFERENCE, Command

BURST = (Open(1), Open(2), Inject(DisconnectBurst((1, 2), Manner.FIN, frozen=True)))
WRONG = Command((sys.executable, "-P", "-m", "target.tcpserv03", "--port", "{port}"))
CASE = Case(INVARIANT, "disconnect_burst", BURST, "", "", WRONG.words)


def test_a_case_still_fails_on_the_server_it_was_found_in() -> None:
    seen: list[int] = []
    replayed = replay(CASE, None, 3, seen.append)
    assert replayed.words == "STILL FAILS 3/3"
    assert "zombie" in replayed.reason
    assert seen == [1, 2, 3]


def test_a_case_is_fixed_on_a_server_that_conforms() -> None:
    assert replay(CASE, REFERENCE, 2, lambda _: None).words == "FIXED"


def test_in_doubt_the_answer_is_an_error() -> None:
    assert Replayed(times=2, failed=0, doubtful=1, reason="").words == "ERROR"
    assert Replayed(times=2, failed=1, doubtful=1, reason="").words == "STILL FAILS 1/2"
