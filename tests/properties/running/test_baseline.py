"""Known violations: what is expected does not fail, what is new does, what has gone does too."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from properties.client.role import CLIENT
from properties.model.levels import Level
from properties.model.steps import Workload
from properties.model.trial import Trial
from properties.model.verdict import Outcome, Verdict
from properties.reports import text
from properties.reports.terminal import Terminal
from properties.running.baseline import read
from properties.running.errors import UsageError
from properties.running.exit_status import ExitStatus
from properties.running.plan import plan
from properties.running.run import Run
from properties.search.findings import Findings
from properties.search.known_violations import Baseline, KnownViolation
from properties.server.role import SERVER
from tests.properties.running.test_settings import settings
from tests.properties.search.made_up import exploration, trial

ZOMBIES = '[[known]]\ninvariant = "no_zombies"\nfault = "control"\nwhy = "ticket 7"\n'


def written(folder: Path, content: str) -> Path:
    path = folder / "known.toml"
    path.write_text(content)
    return path


def run(baseline: Path, *faults: str) -> Run:
    made = settings(expect=str(baseline), fault=list(faults) or None, max_examples=1)
    return Run(made, plan(made))


def whole(made: Run, verdict_of: Callable[[str, str], Verdict]) -> Run:
    """Let all parts of a run be done, with these verdicts for each family and invariant."""
    for family in made.settings.families:
        findings = Findings(family.name, workloads=1)
        for invariant in made.invariants:
            verdict = verdict_of(family.name, invariant.id)
            known = made.settings.baseline.covering(family.name, invariant.id, verdict.reason)
            if verdict.outcome is Outcome.FAIL and known:
                findings.known[str(known)] = 1, verdict.reason
                verdict = Verdict(Outcome.KNOWN, verdict.reason)
            findings.cells[invariant.id].note(verdict)
        made.add(findings)
    made.parts_done = len(made.parts)
    return made


def always_passes(_family: str, _invariant: str) -> Verdict:
    return Verdict.passed()


def leaves_zombies(family: str, invariant: str) -> Verdict:
    if (family, invariant) == ("control", "no_zombies"):
        return Verdict.failed("2 zombies (12, 13)")
    return Verdict.passed()


def test_an_entry_covers_its_invariant_in_its_family_with_its_message() -> None:
    known = KnownViolation("no_zombies", "control", "1 zombie")
    assert known.covers("control", "no_zombies", "all gone:\n  1  zombie (12)")
    assert not known.covers("mixed", "no_zombies", "1 zombie (12)")
    assert not known.covers("control", "no_fd_leak", "1 zombie (12)")
    assert not known.covers("control", "no_zombies", "2 zombies (12, 13)")


def test_an_entry_with_a_level_covers_no_stronger_violation() -> None:
    known = KnownViolation("no_zombies", level=Level.SHOULD)
    assert known.covers("control", "no_zombies", "1 zombie", Level.MAY)
    assert known.covers("control", "no_zombies", "1 zombie", Level.SHOULD)
    assert not known.covers("control", "no_zombies", "1 zombie", Level.MUST)


def test_an_entry_without_a_level_covers_a_must_as_it_always_has() -> None:
    assert KnownViolation("no_zombies").covers("control", "no_zombies", "1 zombie", Level.MUST)


def test_a_violation_that_is_stronger_than_its_entry_is_new() -> None:
    verdict = Verdict(Outcome.FAIL, "1 zombie", level=Level.MUST)
    tried = replace(trial(()), verdicts={"no_zombies": verdict})
    weak = Baseline(known=(KnownViolation("no_zombies", level=Level.SHOULD),))
    assert weak.applied(tried, "control").verdicts["no_zombies"].outcome is Outcome.FAIL
    any_level = Baseline(known=(KnownViolation("no_zombies"),))
    known = any_level.applied(tried, "control").verdicts["no_zombies"]
    assert (known.outcome, known.level) == (Outcome.KNOWN, Level.MUST)


def test_the_level_of_an_entry_is_read_and_written_into_the_result(tmp_path: Path) -> None:
    path = written(tmp_path, ZOMBIES + 'level = "should"\n')
    (known,) = read(path, SERVER).known
    assert known.level is Level.SHOULD
    assert str(known) == "control x no_zombies, SHOULD at most"
    (entry,) = run(path, "control").as_json()["baseline"]
    assert entry["level"] == "should"


def test_a_level_of_an_entry_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, ZOMBIES + 'level = "high"\n')
    with pytest.raises(UsageError, match="entry 1: level = 'high': there is no such level"):
        read(path, SERVER)


def test_an_entry_without_a_fault_or_a_message_covers_all_of_them() -> None:
    assert KnownViolation("no_zombies").covers("mixed", "no_zombies", "2 zombies (12, 13)")


def test_a_known_violation_is_counted_as_such_and_not_made_smaller() -> None:
    baseline = Baseline("known.toml", (KnownViolation("no_zombies"),))
    runs: list[Trial] = []

    def zombies(workload: Workload) -> Trial:
        runs.append(trial(workload, "no_zombies"))
        return runs[-1]

    findings = exploration(zombies, baseline=baseline, examples=10).run()
    assert findings.cells["no_zombies"].counts == {"known": 10}
    assert findings.known == {"no_zombies": (10, "no_zombies was violated")}
    assert findings.failed() == []
    assert findings.violated() == ["no_zombies"]
    assert len(runs) == 10


def test_a_new_violation_beside_a_known_one_is_found_and_made_smaller() -> None:
    baseline = Baseline("known.toml", (KnownViolation("no_zombies"),))
    findings = exploration(
        lambda workload: trial(workload, "no_zombies", "exact_echo"), baseline=baseline
    ).run()
    assert findings.failed() == ["exact_echo"]


def test_another_message_in_the_same_cell_is_new() -> None:
    baseline = Baseline("known.toml", (KnownViolation("no_zombies", message="something else"),))
    findings = exploration(lambda w: trial(w, "no_zombies"), baseline=baseline).run()
    assert findings.failed() == ["no_zombies"]


def test_a_run_with_nothing_but_known_violations_conforms(tmp_path: Path) -> None:
    made = whole(run(written(tmp_path, ZOMBIES)), leaves_zombies)
    report = "\n".join(text.whole(made, Terminal.nowhere()))
    assert made.status is ExitStatus.CONFORMS
    assert "KNOWN control x no_zombies\n  2 zombies (12, 13) (ticket 7)" in report
    assert "conforms but for what is known: no_zombies" in report


def test_a_new_violation_fails_the_run_whatever_is_known(tmp_path: Path) -> None:
    made = whole(run(written(tmp_path, ZOMBIES.replace("control", "mixed"))), leaves_zombies)
    assert made.status is ExitStatus.VIOLATION


def test_an_entry_that_no_longer_shows_fails_the_run_and_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, ZOMBIES)
    made = whole(run(path), always_passes)
    report = " ".join(" ".join(text.whole(made, Terminal.nowhere())).split())
    assert made.status is ExitStatus.VIOLATION
    assert "NOW PASSES control x no_zombies (ticket 7) now passes: remove it from" in report
    assert "is better than its baseline" in report
    assert made.as_json()["baseline"][0]["now_passes"] is True


def test_an_entry_that_shows_only_sometimes_may_stay_away(tmp_path: Path) -> None:
    path = written(tmp_path, ZOMBIES + "sometimes = true\n")
    assert whole(run(path), always_passes).status is ExitStatus.CONFORMS


def test_a_run_that_is_not_whole_says_nothing_of_what_has_gone(tmp_path: Path) -> None:
    made = whole(run(written(tmp_path, ZOMBIES)), always_passes)
    made.parts_done -= 1
    assert made.now_passing() == []


def test_an_entry_whose_family_was_not_asked_for_says_nothing(tmp_path: Path) -> None:
    made = whole(run(written(tmp_path, ZOMBIES), "mixed"), always_passes)
    assert made.status is ExitStatus.CONFORMS


def test_an_entry_for_all_families_is_out_of_date_only_when_all_were_asked(tmp_path: Path) -> None:
    path = written(tmp_path, '[[known]]\ninvariant = "no_zombies"\n')
    assert whole(run(path, "mixed"), always_passes).now_passing() == []
    assert whole(run(path), always_passes).now_passing() == [KnownViolation("no_zombies")]


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE])
def test_what_could_not_be_judged_is_not_out_of_date(tmp_path: Path, outcome: Outcome) -> None:
    def doubtful(family: str, invariant: str) -> Verdict:
        judged = leaves_zombies(family, invariant)
        return Verdict(outcome, "why") if judged.outcome is Outcome.FAIL else judged

    assert whole(run(written(tmp_path, ZOMBIES)), doubtful).now_passing() == []


def test_doubt_beside_a_known_violation_is_no_success(tmp_path: Path) -> None:
    made = whole(run(written(tmp_path, ZOMBIES)), leaves_zombies)
    doubtful = Findings("control", workloads=1)
    doubtful.cells["no_zombies"].note(Verdict.inconclusive("it starved"))
    made.add(doubtful)
    assert made.status is ExitStatus.INCONCLUSIVE
    assert "it starved" in "\n".join(text.whole(made, Terminal.nowhere()))


def test_of_two_entries_for_one_cell_each_is_shown_and_each_may_be_out_of_date(
    tmp_path: Path,
) -> None:
    other = ZOMBIES.replace('why = "ticket 7"', 'message = "reaped late"')
    both = whole(
        run(written(tmp_path, ZOMBIES.replace("why", 'message = "2 z"\nwhy') + other)),
        leaves_zombies,
    )
    assert [one.message for one in both.now_passing()] == ["reaped late"]
    late = Findings(
        "control", workloads=1, known={str(both.settings.baseline.known[1]): (1, "late")}
    )
    late.cells["no_zombies"].note(Verdict(Outcome.KNOWN, "late"))
    both.add(late)
    report = "\n".join(text.whole(both, Terminal.nowhere()))
    assert both.status is ExitStatus.CONFORMS
    assert "2 zombies (12, 13) (ticket 7)" in report
    assert "KNOWN control x no_zombies\n  late" in report


def test_each_role_reads_its_own_entries(tmp_path: Path) -> None:
    path = written(tmp_path, ZOMBIES + '[[known]]\ninvariant = "reports_eof"\n')
    assert [one.invariant for one in read(path, SERVER).known] == ["no_zombies"]
    assert [one.invariant for one in read(path, CLIENT).known] == ["reports_eof"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[[known]\n", "is not TOML"),
        ("[known]\n", "write each known violation as a table [[known]]"),
        ('x = 1\n[[known]]\ninvariant = "isolation"\n', "as a table [[known]]"),
        ('[[known]]\nfault = "mixed"\n', "entry 1: there is no invariant ''"),
        ('[[known]]\ninvariant = "no_zombis"\n', "there is no invariant 'no_zombis'"),
        ('[[known]]\ninvariant = "no_zombies"\nfault = "peer_fin"\n', "no fault 'peer_fin' for"),
        ('[[known]]\ninvariant = "no_zombies"\ncause = "x"\n', "there is no 'cause'"),
        ('[[known]]\ninvariant = "no_zombies"\nmessage = 3\n', "message = 3 must be text"),
        ('[[known]]\ninvariant = "no_zombies"\nsometimes = 1\n', "must be true or false"),
        ('[[known]]\ninvariant = "isolation"\n' * 2, "entry 2: isolation is listed twice"),
        ("known = [1]\n", "entry 1: write it as a table"),
    ],
)
def test_what_is_no_baseline_is_refused_by_name(tmp_path: Path, content: str, words: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(UsageError) as refused:
        read(path, SERVER)
    assert words in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_baseline_that_is_not_there_is_an_error_of_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        run(tmp_path / "none.toml")


def test_an_entry_may_be_for_one_service_only(tmp_path: Path) -> None:
    path = written(tmp_path, ZOMBIES + 'service = "discard"\n')
    assert not read(path, SERVER).known
    (known,) = read(path, SERVER, "discard").known
    assert str(known) == "control x no_zombies, with discard"


def test_a_table_is_the_same_service_by_whichever_path_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path, ZOMBIES + 'service = "mine.toml"\n')
    assert read(path, SERVER, str(tmp_path / "mine.toml")).known
    assert read(path, SERVER, "./mine.toml").known
    assert not read(path, SERVER, "other.toml").known
