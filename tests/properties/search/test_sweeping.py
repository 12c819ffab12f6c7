"""Sweeping: each choice is tried, whatever the others have shown, and what was not is told."""

from faults.fault import Status
from properties.model.settings import Limits, Rules
from properties.model.steps import Workload
from properties.model.sweep import ATTEMPTS, CANNOT_BE, PLAIN_FAILS, Choice
from properties.model.trial import Trial
from properties.search.findings import Findings, findings_from_data
from properties.server.families import FAMILIES
from properties.server.steps import Close, Open, Reset
from tests.properties.search.made_up import MadeUpHarness, exploration, trial
from tests.properties.server.histories import history, injected

FREEZE = next(family for family in FAMILIES if family.name == "freeze")

CLOSES = Choice("ends", "close", (Open(1), Close(1)), 1, matters=True)
RESETS = Choice("ends", "RST", (Open(1), Reset(1)), 1)
MANY = Choice("many", "two", (Open(1), Open(2)), 2)


def missed(workload: Workload) -> Trial:
    return trial(workload, seen=history(injected(status=Status.MISSED)))


def test_each_choice_is_tried_and_counted() -> None:
    found = exploration(trial).sweep([CLOSES, RESETS, MANY])
    assert found.swept == {"ends": {"close": "", "RST": ""}, "many": {"two": ""}}
    assert found.workloads == 3


def test_a_violation_does_not_keep_the_others_from_being_tried() -> None:
    found = exploration(lambda workload: trial(workload, "exact_echo")).sweep([CLOSES, RESETS])
    assert found.failed() == ["exact_echo"]
    assert found.swept["ends"] == {"close": "", "RST": ""}


def test_another_violation_that_a_later_choice_shows_is_shrunk_as_well() -> None:
    def run(workload: Workload) -> Trial:
        ends = {Close: "no_zombies", Reset: "clean_eof"}
        return trial(workload, *(ends[type(step)] for step in workload if type(step) in ends))

    found = exploration(run).sweep([CLOSES, RESETS])
    failures = {name: found.cells[name].failure for name in found.failed()}
    assert {name: failure.steps[-1] for name, failure in failures.items() if failure} == {
        "no_zombies": "close c1",
        "clean_eof": "reset c1",
    }


def test_one_whose_fault_misses_is_tried_again_and_then_told() -> None:
    found = exploration(missed).sweep([CLOSES])
    assert found.workloads == ATTEMPTS
    assert found.swept["ends"]["close"]


def test_one_whose_fault_cannot_happen_is_tried_once_and_not_applicable() -> None:
    impossible = injected(status=Status.IMPOSSIBLE)
    found = exploration(lambda workload: trial(workload, seen=history(impossible))).sweep([CLOSES])
    assert found.swept["ends"] == {"close": f"{CANNOT_BE}as asked for"}
    assert found.workloads == 1


def test_what_needs_more_clients_than_the_server_takes_is_told_and_not_tried() -> None:
    harness = MadeUpHarness(trial)
    harness.rules = Rules(Limits(connections=1))
    found = exploration(trial, harness=harness).sweep([CLOSES, MANY])
    assert found.workloads == 1
    assert found.swept["many"] == {"two": "it needs 2 clients at once"}


def test_of_a_target_that_plain_fails_only_the_most_important_plain_traffic_is_tried() -> None:
    unimportant = Choice("ends", "RST", RESETS.workload, 1, matters=False)
    harness = MadeUpHarness(trial)
    harness.learnt.plain_fails = "one client alone waits in vain"
    found = exploration(trial, harness=harness).sweep([CLOSES, unimportant])
    assert found.swept == {"ends": {"close": "", "RST": PLAIN_FAILS}}
    assert found.notes == ["one client alone waits in vain"]
    for beside_control, tried in ((True, 0), (False, 1)):
        changed = {"family": FREEZE, "beside_control": beside_control}
        found = exploration(trial, harness=harness, **changed).sweep([CLOSES])
        assert found.workloads == tried


def test_what_two_workers_have_tried_adds_up() -> None:
    one, other = (exploration(trial).sweep([choice]) for choice in (CLOSES, RESETS))
    whole = Findings("control")
    whole.merge(findings_from_data(one.as_data()))
    whole.merge(findings_from_data(other.as_data()))
    assert whole.swept == {"ends": {"close": "", "RST": ""}}
