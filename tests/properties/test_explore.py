"""Exploring: violations are shrunk and reported, each by itself, also those that come and go."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from faults.fault import Fault, Status
from faults.freeze import Freeze
from properties import explore, smallest
from properties.execute import Rules
from properties.explore import Exploration
from properties.families import CONTROL, FAMILIES, Family
from properties.findings import Findings
from properties.history import History
from properties.invariants.registry import INVARIANTS
from properties.laboratory import Laboratory
from properties.steps import Close, HalfClose, Open, Send, Workload
from properties.strategies import workloads
from properties.subject import Subject
from properties.trial import Trial
from properties.verdict import Outcome, Sequel, Verdict
from properties.walk import Walk
from target.errors import TargetError
from tests.properties.histories import history, injected
from tests.properties.running import HOST

BURSTS = next(family for family in FAMILIES if family.name == "disconnect_burst")


def trial(workload: Workload, *failed: str, seen: History | None = None) -> Trial:
    """Return a trial in which exactly these invariants failed."""
    verdicts = {invariant.id: Verdict.passed() for invariant in INVARIANTS}
    for name in failed:
        verdicts[name] = Verdict.failed(f"{name} was violated", "the contrary")
    return Trial(workload, seen or history(), verdicts)


def exploration(**changed: Any) -> Exploration:
    """Return an exploration that never starts a server: its trials are made up."""
    never_used = Laboratory(Subject(HOST), Rules())
    settings: dict[str, Any] = {"family": CONTROL, "examples": 30, "seed": 1, **changed}
    return Exploration(never_used, **settings)


def explored(look: Callable[[Workload], Trial], parts: int = 12, **changed: Any) -> Findings:
    """Explore several parts of a family, as a run does: each has its seed, and all a laboratory."""
    laboratory = exploration().laboratory
    whole = Findings(CONTROL.name)
    for part in range(parts):
        made = exploration(seed=part, **changed)
        made.laboratory = laboratory
        whole.merge(made.run(look))
    return whole


def counts(findings: Findings, invariant: str) -> dict[str, int]:
    return findings.cells[invariant].counts


def has(workload: Workload, kind: type) -> bool:
    return any(isinstance(step, kind) for step in workload)


def closes(workload: Workload) -> list[str]:
    """Violate no_zombies as soon as somebody who is connected closes."""
    connected = {step.client for step in workload if isinstance(step, Open)}
    gone = any(isinstance(step, Close) and step.client in connected for step in workload)
    return ["no_zombies"] if gone else []


def test_without_a_violation_every_workload_counts_as_a_pass() -> None:
    findings = exploration().run(trial)
    assert findings.workloads > 0
    assert findings.failed() == []
    assert all(
        counts(findings, invariant.id) == {"pass": findings.workloads} for invariant in INVARIANTS
    )


def test_a_violation_is_shrunk_to_the_fewest_steps() -> None:
    whole = explored(lambda workload: trial(workload, *closes(workload)))
    assert whole.failed() == ["no_zombies"]
    failure = whole.cells["no_zombies"].failure
    assert failure is not None
    assert failure.steps == ["open c1", "close c1"]
    assert failure.first_steps > 2
    assert failure.actual == "no_zombies was violated"


def test_whatever_the_seed_the_smallest_case_is_the_same() -> None:
    for seed in range(5):
        findings = exploration(seed=seed).run(lambda w: trial(w, *closes(w)))
        failure = findings.cells["no_zombies"].failure
        assert failure is not None
        assert failure.steps == ["open c1", "close c1"]


def test_without_shrinking_the_first_violation_is_kept() -> None:
    findings = exploration(shrink=False).run(lambda workload: trial(workload, *closes(workload)))
    assert findings.failed() == ["no_zombies"]


def test_different_violations_are_shrunk_and_reported_separately() -> None:
    def both(workload: Workload) -> Trial:
        large = any(isinstance(s, Send) and s.payload.length >= 100 for s in workload)
        half_closed = ["clean_eof"] if has(workload, HalfClose) else []
        return trial(workload, *closes(workload), *half_closed, *(["exact_echo"] if large else []))

    findings = explored(both)
    assert set(findings.failed()) == {"no_zombies", "clean_eof", "exact_echo"}
    for name, last in [
        ("no_zombies", "close c"),
        ("clean_eof", "half-close c"),
        ("exact_echo", " sends "),
    ]:
        failure = findings.cells[name].failure
        assert failure is not None
        assert len(failure.steps) <= 4
        assert last in failure.steps[-1]


def test_a_violation_that_never_comes_alone_is_shrunk_too() -> None:
    def nested(workload: Workload) -> Trial:
        both = has(workload, Close) and has(workload, HalfClose)
        return trial(workload, *closes(workload), *(["no_spin"] if both else []))

    failure = explored(nested).cells["no_spin"].failure
    assert failure is not None
    assert [step.rstrip("12 ") for step in failure.steps] == ["open c", "close c", "half-close c"]


def test_what_one_part_has_shrunk_the_next_one_counts_and_does_not_shrink_again() -> None:
    def look(workload: Workload) -> Trial:
        return trial(workload, *closes(workload))

    first, second = exploration(seed=1), exploration(seed=2)
    second.laboratory = first.laboratory
    assert first.run(look).workloads > first.examples
    findings = second.run(look)
    assert findings.failed() == ["no_zombies"]
    assert findings.workloads <= second.examples


def test_what_a_sequel_shows_is_shrunk_with_it_and_nothing_else_is() -> None:
    def both(workload: Workload) -> Trial:
        return trial(workload, *(["clean_restart", "no_zombies"] if closes(workload) else []))

    findings = exploration(sequel=Sequel.RESTART).run(both)
    restart, zombies = (findings.cells[n].failure for n in ("clean_restart", "no_zombies"))
    assert restart is not None
    assert restart.steps == ["open c1", "close c1"]
    assert (restart.failed, restart.times) == (smallest.MEASURED, smallest.MEASURED)
    assert zombies is not None
    assert zombies.times == 0


def test_violations_that_always_come_together_are_both_reported() -> None:
    findings = exploration().run(
        lambda workload: trial(workload, *(["no_zombies", "no_spin"] if closes(workload) else []))
    )
    assert findings.failed() == ["no_zombies", "no_spin"]


@pytest.mark.parametrize("every", [2, 3, 7])
def test_a_violation_that_comes_and_goes_is_reported_and_breaks_nothing(every: int) -> None:
    calls = 0

    def sometimes(workload: Workload) -> Trial:
        nonlocal calls
        calls += 1
        return trial(workload, *(["no_zombies"] if calls % every == 0 else []))

    findings = exploration().run(sometimes)
    assert findings.failed() == ["no_zombies"]
    assert findings.cells["no_zombies"].failure is not None
    assert counts(findings, "no_zombies")["fail"] >= 1


def test_a_violation_that_is_seen_once_and_never_again_is_reported() -> None:
    seen: list[Workload] = []

    def once(workload: Workload) -> Trial:
        seen.append(workload)
        return trial(workload, *(["isolation"] if len(seen) == 5 else []))

    findings = exploration().run(once)
    assert findings.failed() == ["isolation"]
    assert counts(findings, "isolation")["fail"] == 1


def test_different_violations_may_take_turns() -> None:
    calls = 0

    def in_turn(workload: Workload) -> Trial:
        nonlocal calls
        calls += 1
        return trial(workload, ("exact_echo", "no_spin", "isolation")[calls % 3])

    findings = explored(in_turn)
    assert set(findings.failed()) == {"exact_echo", "no_spin", "isolation"}


def test_while_hypothesis_searches_a_workload_that_has_failed_is_not_run_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(explore.Exploration, "_find_smallest", lambda *_: None)
    failed: list[Workload] = []

    def remember(workload: Workload) -> Trial:
        assert workload not in failed
        if closes(workload):
            failed.append(workload)
        return trial(workload, *closes(workload))

    exploration().run(remember)
    assert failed


def test_the_smallest_case_is_run_again_and_how_often_it_fails_is_kept() -> None:
    findings = exploration().run(lambda w: trial(w, *closes(w)))
    (name,) = findings.failed()
    failure = findings.cells[name].failure
    assert failure is not None
    assert (failure.failed, failure.times) == (smallest.MEASURED, smallest.MEASURED)
    assert failure.case["failed"] == smallest.MEASURED


def test_shrinking_ends_with_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    def tries(budget: float) -> int:
        monkeypatch.setattr(smallest, "BUDGET", budget)
        monkeypatch.setattr(smallest, "DESCENT", budget)
        return exploration().run(lambda w: trial(w, *closes(w))).workloads

    assert tries(0.0) < tries(20.0)


def test_a_part_ends_with_its_first_violation() -> None:
    drawn: list[Fault] = []

    def draw(walk: Walk) -> Fault:
        del walk
        drawn.append(Freeze())
        return drawn[-1]

    family = Family("counted", "none", "counts what is drawn", partial(workloads, (draw,)))
    exploration(family=family).run(lambda w: trial(w, "no_zombies"))
    # At most three faults in a workload.
    assert len(drawn) <= 3


@pytest.mark.parametrize("error", [TargetError("it ended"), ZeroDivisionError()])
def test_a_trial_that_cannot_be_made_is_no_violation(error: Exception) -> None:
    def broken(_workload: Workload) -> Trial:
        raise error

    with pytest.raises(type(error)):
        exploration().run(broken)


def test_an_error_is_not_hidden_by_violations_before_it() -> None:
    def breaks_later(workload: Workload) -> Trial:
        if has(workload, HalfClose):
            raise TargetError("it ended")
        return trial(workload, *closes(workload))

    with pytest.raises(TargetError, match="it ended"):
        explored(breaks_later)


def tries_of(seed: int) -> list[Workload]:
    """Return the workloads that follow from a seed."""
    seen: list[Workload] = []

    def note(workload: Workload) -> Trial:
        seen.append(workload)
        return trial(workload)

    exploration(seed=seed, examples=20).run(note)
    return seen


def test_the_same_seed_gives_the_same_workloads_and_another_gives_others() -> None:
    assert tries_of(1) == tries_of(1)
    assert tries_of(1) != tries_of(2)


def test_progress_is_told_of_every_workload() -> None:
    told: list[int] = []
    heard: Callable[[Findings], None] = lambda findings: told.append(findings.workloads)  # noqa: E731
    findings = exploration(progress=heard).run(trial)
    assert told == list(range(1, findings.workloads + 1))


def test_while_a_case_is_made_smaller_progress_tells_the_time_and_its_bound() -> None:
    told: list[str] = []
    heard: Callable[[Findings], None] = lambda findings: told.append(findings.remark)  # noqa: E731
    findings = exploration(progress=heard).run(lambda w: trial(w, *closes(w)))
    assert f"smallest case of no_zombies: 0 s of {smallest.BUDGET:.0f} s" in told
    assert findings.remark == ""


def test_what_the_laboratory_noted_is_found_in_the_findings() -> None:
    made = exploration()
    made.laboratory.notes.append("a server was replaced")
    assert made.run(trial).notes == ["a server was replaced"]
    assert made.laboratory.notes == []


@pytest.mark.parametrize(
    ("status", "expected", "unfired"),
    [
        (Status.FIRED, Outcome.PASS, False),
        (Status.MISSED, None, True),
        (Status.IMPOSSIBLE, Outcome.NOT_APPLICABLE, False),
    ],
)
def test_only_a_fault_that_fired_makes_a_pass(
    status: Status, expected: Outcome | None, unfired: bool
) -> None:
    seen = history(injected(status=status))
    findings = exploration(family=BURSTS).run(lambda workload: trial(workload, seen=seen))
    wanted = {expected.value: findings.workloads} if expected else {}
    assert counts(findings, "no_zombies") == wanted
    assert findings.unfired == (findings.workloads if unfired else 0)


def test_a_fault_that_fired_makes_up_for_one_that_missed() -> None:
    seen = history(injected(status=Status.MISSED), injected(status=Status.FIRED))
    findings = exploration(family=BURSTS).run(lambda workload: trial(workload, seen=seen))
    assert counts(findings, "no_zombies") == {"pass": findings.workloads}
    assert findings.unfired == 0


def test_a_violation_counts_whether_or_not_the_fault_fired() -> None:
    seen = history(injected(status=Status.MISSED))
    findings = exploration(family=BURSTS).run(lambda w: trial(w, "no_zombies", seen=seen))
    assert findings.failed() == ["no_zombies"]


def test_what_the_faults_said_is_kept_with_the_violation() -> None:
    seen = history(injected(fault="disconnect_burst"))
    findings = exploration(family=BURSTS).run(lambda w: trial(w, "no_zombies", seen=seen))
    failure = findings.cells["no_zombies"].failure
    assert failure is not None
    assert failure.injected == ["fired: as asked for"]


def test_the_smallest_workload_that_opens_a_client_is_found() -> None:
    findings = exploration().run(lambda workload: trial(workload, "no_spin"))
    failure = findings.cells["no_spin"].failure
    assert failure is not None
    assert failure.steps == [str(Open(1))]


def test_a_trial_that_cannot_be_made_ends_the_search_with_its_own_error() -> None:
    tried: list[Workload] = []

    def refuse(workload: Workload) -> Trial:
        tried.append(workload)
        raise TargetError("it did not start")

    with pytest.raises(TargetError, match="it did not start"):
        exploration().run(refuse)
    assert len(tried) == 1
