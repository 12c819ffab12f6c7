"""A case is run again, and the answer is one of three."""

import sys
from dataclasses import replace

from faults.server.disconnect_burst import DisconnectBurst, Manner
from properties.cases.case import Case
from properties.cases.replay import Replayed, run_again, runs_needed, target_of
from properties.engine.states import Moment, States
from properties.model.steps import Inject
from properties.server.invariants import backpressure
from properties.server.invariants.no_zombies import INVARIANT
from properties.server.role import SERVER
from properties.server.steps import Open
from target.command import REFERENCE, Command
from tests.properties.server_runs import SELECTORS, mutant

BURST = (Open(1), Open(2), Inject(DisconnectBurst((1, 2), Manner.FIN, frozen=True)))
WRONG = Command((sys.executable, "-P", "-m", "target.tcpserv03", "--port", "{port}"))
CASE = Case(SERVER, INVARIANT, "disconnect_burst", BURST, "", WRONG.words)


def test_a_case_still_fails_on_the_server_it_was_found_in() -> None:
    seen: list[Replayed] = []
    replayed = run_again(CASE, target_of(CASE), 3, seen.append)
    assert replayed.words == "STILL FAILS 3/3"
    assert "zombie" in replayed.reason
    assert [one.words for one in seen] == [f"STILL FAILS {n}/{n}" for n in (1, 2, 3)]


def test_a_run_can_be_looked_at_while_it_goes_on() -> None:
    replayed = run_again(CASE, target_of(CASE), 1, states=True)
    assert replayed.words == "STILL FAILS 1/1"
    assert [one.moment for one in replayed.history if isinstance(one, States)] == [
        *[Moment.STEP] * len(BURST),
        Moment.STEPS_OVER,
        Moment.CLIENTS_GONE,
    ]


def test_a_case_is_fixed_on_a_server_that_conforms() -> None:
    assert run_again(CASE, target_of(CASE, REFERENCE), 17).words == "FIXED 0/17"


def test_what_has_to_follow_the_workload_is_made_again() -> None:
    wrong = mutant("memory_no_drain.py")
    case = Case(SERVER, backpressure.INVARIANT, "control", (Open(1),), "", wrong.words)
    assert run_again(case, target_of(case), 1).words == "STILL FAILS 1/1"
    certain = replace(case, failed=10, times=10)
    assert run_again(certain, target_of(case, SELECTORS), 3).words == "FIXED 0/3"


def test_a_case_is_run_until_it_fails() -> None:
    assert run_again(CASE, target_of(CASE)).words == "STILL FAILS 1/1"


def test_what_failed_seldom_must_pass_more_often_before_it_is_called_fixed() -> None:
    def needed(failed: int, times: int) -> int:
        return runs_needed(replace(CASE, failed=failed, times=times))

    assert needed(8, 8) == 3
    assert needed(4, 8) == 10
    assert needed(1, 8) == 44
    assert needed(0, 0) == 17


def test_a_fault_that_did_not_happen_is_no_sign_of_a_cure() -> None:
    nothing = (Open(1), Inject(DisconnectBurst((7,), Manner.FIN, frozen=False)))
    case = replace(CASE, workload=nothing)
    replayed = run_again(case, target_of(case, REFERENCE), 1)
    assert replayed.words == "ERROR"
    assert "did not happen" in replayed.reason


def test_after_too_few_runs_without_a_failure_a_case_is_not_called_fixed() -> None:
    seldom = replace(CASE, failed=1, times=8)
    replayed = run_again(seldom, target_of(seldom, REFERENCE), 2)
    assert replayed.words == "NOT SEEN 0/2"
    assert not replayed.is_fixed
    assert "needs 44" in replayed.remark


def test_in_doubt_the_answer_is_an_error() -> None:
    assert Replayed(times=2, failed=0, doubtful=1, reason="").words == "ERROR"
    assert Replayed(times=2, failed=1, doubtful=1, reason="").words == "STILL FAILS 1/2"
