"""A comparison in words, as a page and as Markdown: every verdict, every miss, every failure."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from properties.compare.command import WRITERS
from properties.compare.html import page
from properties.compare.implementation import Implementation
from properties.compare.markdown import markdown
from properties.compare.result import Compared
from properties.compare.runner import Check
from properties.compare.text import done_line, summary, underway, whole
from properties.model.levels import Level
from properties.model.verdict import Outcome
from properties.reports.layout import WIDTH
from properties.reports.terminal import Terminal
from properties.running.exit_status import INTERRUPTED, ExitStatus
from properties.server.role import SERVER


def implementation(name: str, **known: Any) -> Implementation:
    return Implementation(name=name, here=Path("/"), command=("x", "{port}"), **known)


def judged(name: str, level: str | None = None, **verdicts: str) -> Compared:
    """Return a server with these verdicts on invariants in the control family, and passes else.

    `level` is that of its violations; None for a result of before there were levels.
    """
    of_level = {"level": level} if level else {}
    checks = [
        {
            "fault": fault,
            "invariant": one.id,
            "verdict": verdicts.get(one.id, "pass") if fault == "control" else "not-applicable",
            "reason": f"why {one.id}",
            "case": f"{name}.json" if verdicts.get(one.id) == "fail" else None,
            **(of_level if verdicts.get(one.id) == "fail" and fault == "control" else {}),
        }
        for fault in ("mixed", "control")
        for one in SERVER.invariants
    ]
    totals = {"workloads": 3, "seconds": 1.5}
    fails = "fail" in verdicts.values() and level in (None, "must")
    status = ExitStatus.VIOLATION if fails else ExitStatus.CONFORMS
    result = {"checks": checks, "totals": totals, "seed": 7}
    return Compared(implementation(name), result=result, status=status)


LACKING = Compared(implementation("gone"), missing="x is not installed (package p)")
BROKEN = Compared(implementation("late"), status=2, said="one line\nit never listened")
GOOD, BAD = judged("good"), judged("bad", no_zombies="fail", isolation="inconclusive")
ALL = [GOOD, BAD, LACKING, BROKEN]


def test_the_worst_verdict_of_all_faults_is_shown() -> None:
    assert GOOD.verdict("exact_echo") is Outcome.PASS
    assert BAD.verdict("no_zombies") is Outcome.FAIL
    assert BAD.verdict("isolation") is Outcome.INCONCLUSIVE
    assert (BAD.faults("no_zombies"), BAD.case("no_zombies")) == (["control"], "bad.json")


def test_the_table_has_a_row_for_each_that_was_judged() -> None:
    lines = list(whole(ALL, Terminal.nowhere()))
    assert max(map(len, lines)) <= WIDTH
    assert any(line.startswith("bad   pass") and "FAIL" in line for line in lines)
    assert "FAIL bad x no_zombies" in lines
    assert "  case      anechoic show bad.json" in lines


def test_what_is_missing_is_told_with_its_package_and_what_failed_with_its_last_words() -> None:
    lines = list(whole(ALL, Terminal.nowhere()))
    assert "MISSING gone: x is not installed (package p)" in lines
    assert lines[lines.index("NOT CHECKED late") + 2] == "  it never listened"


def test_the_last_line_counts_them_all() -> None:
    assert summary(ALL) == (
        "4 implementations, conforming at MUST: 1, at SHOULD: 1, at MAY: 1; "
        "1 violating a MUST; 1 missing; 1 not checked; 6 workloads"
    )


WEAK = judged("weak", "should", no_spin="fail")
WEAKER = judged("weaker", "may", listener_survives="fail")


def test_it_counts_how_many_conform_at_each_level() -> None:
    assert summary([GOOD, WEAK, WEAKER, BAD]).startswith(
        "4 implementations, conforming at MUST: 3, at SHOULD: 2, at MAY: 1;"
    )


def test_what_stayed_inconclusive_conforms_at_no_level_and_is_counted() -> None:
    doubtful = judged("doubtful", no_spin="inconclusive")
    assert not doubtful.conforms_at(Level.MUST)
    assert "conforming at MUST: 1, at SHOULD: 1, at MAY: 1; 1 in doubt" in summary([GOOD, doubtful])


def test_a_violation_without_a_level_is_one_of_a_must() -> None:
    assert BAD.level("no_zombies") is Level.MUST
    assert BAD.level("exact_echo") is None
    assert not BAD.conforms_at(Level.MUST)


def test_weak_violations_have_words_of_their_own_in_every_form() -> None:
    lines = list(whole([WEAK, WEAKER], Terminal.nowhere()))
    assert "warn weak x no_spin" in lines
    assert "note weaker x listener_survives" in lines
    assert any("warn: SHOULD violated" in line for line in lines)
    assert "note: MAY violated" in lines
    assert "- warn **no_spin** (control): why no\\_spin" in markdown([WEAK]).splitlines()
    assert 'class="warn"' in page([WEAK])
    assert done_line(1, 1, WEAK) == "[1/1] weak: conforms at MUST: no_spin (warn)"


def test_the_levels_are_in_the_result_as_json() -> None:
    made = json.loads(WRITERS["--json"]([WEAK, BAD, LACKING]))
    weak, bad, lacking = made["implementations"]
    assert weak["levels"] == {"no_spin": "should"}
    assert weak["conforms_at"] == {"must": True, "should": False, "may": False}
    assert bad["levels"] == {"no_zombies": "must"}
    assert lacking["conforms_at"] == {}
    assert made["conforming"] == {"must": 1, "should": 0, "may": 0}


def test_a_line_is_written_for_each_that_is_done() -> None:
    assert done_line(2, 4, BAD) == "[2/4] bad: does not conform: no_zombies"
    assert done_line(3, 4, LACKING) == "[3/4] gone: missing: x is not installed (package p)"
    assert len(done_line(1, 4, judged("x" * 200))) <= WIDTH


def test_what_goes_on_is_told_in_lines_that_fit() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    check = Check(implementation("x" * 50), process, parts=30, parts_done=4, workloads=17)
    check.violated = {invariant.id: Level.MUST for invariant in SERVER.invariants}
    first, line = underway(9, [GOOD, BAD], [check], Terminal.nowhere())
    assert first == "2 of 9 implementations are done"
    assert "17 workloads, part 5 of 30; FAIL" in line
    assert len(line) <= WIDTH


def test_each_violation_in_the_page_is_linked_to() -> None:
    made = page(ALL)
    assert '<a href="#bad-no_zombies">FAIL</a>' in made
    assert 'id="bad-no_zombies"' in made
    assert "missing: x is not installed (package p)" in made
    # Its case is not there, so what the result knows is shown.
    assert "why no_zombies" in made
    assert "http" not in made.replace("http://www.w3.org", "")


@pytest.mark.parametrize(
    ("status", "words"),
    [(70, "met a defect of anechoic"), (2, "could not be checked"), (137, "could not be checked")],
)
def test_how_a_check_without_a_result_has_ended_is_told(status: int, words: str) -> None:
    process = subprocess.Popen(["sh", "-c", f"exit {status}"])
    ended = Check(implementation("x"), process).finished(stopped=False)
    assert ended.in_words == words
    assert ended.status == (status if status == 70 else 2)


def test_what_was_interrupted_has_that_status_and_conforms_at_no_level() -> None:
    process = subprocess.Popen(["sh", "-c", f"exit {INTERRUPTED}"])
    check = Check(implementation("x"), process)
    check.result = judged("good").result
    ended = check.finished(stopped=True)
    assert (ended.status, ended.in_words) == (INTERRUPTED, "was interrupted")
    assert not ended.conforms_at(Level.MUST)
    assert "was interrupted" in page([ended])


def test_what_met_a_defect_of_ours_conforms_at_no_level() -> None:
    met = replace(judged("good"), status=70)
    assert not met.conforms_at(Level.MUST)
    assert met.in_words == "met a defect of anechoic"
    assert "met a defect of anechoic" in page([met])


def test_of_a_check_that_goes_on_only_what_fails_it_is_named() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    check = Check(implementation("x"), process)
    check.take_in(b'{"event": "started", "parts": 3, "level": "should"}\n')
    for name, level in (("no_spin", "may"), ("isolation", "may"), ("isolation", "should")):
        event = {"event": "violation", "invariant": name, "level": level}
        check.take_in(json.dumps(event).encode() + b"\n")
    _, line = underway(9, [], [check], Terminal.nowhere())
    assert line.endswith("; FAIL isolation")


def test_a_check_whose_plan_grows_has_more_parts() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    check = Check(implementation("x"), process)
    check.take_in(b'{"event": "started", "parts": 3, "level": "must"}\n')
    check.take_in(b'{"event": "grown", "parts": 7}\n')
    _, line = underway(9, [], [check], Terminal.nowhere())
    assert "part 1 of 7" in line


def test_what_comes_from_outside_is_escaped_in_the_page() -> None:
    assert "<script>" not in page([judged("<script>")])


def test_the_markdown_has_a_table_and_what_was_found() -> None:
    lines = markdown(ALL).splitlines()
    assert any(line.startswith("| bad | pass |") and "**FAIL**" in line for line in lines)
    assert any(
        line.startswith("| gone | missing&#58; x is not installed (package p)") for line in lines
    )
    assert "- FAIL **no_zombies** (control): why no\\_zombies" in lines


def test_what_stayed_inconclusive_is_told_with_its_reason() -> None:
    doubtful = judged("new", isolation="inconclusive")
    lines = list(whole([doubtful], Terminal.nowhere()))
    place = lines.index("? new x isolation")
    assert lines[place + 1].strip() == "why isolation"
    assert lines[place + 2].split() == ["in", "control"]
    assert "- ? **isolation** (control): why isolation" in markdown([doubtful]).splitlines()


def test_invariants_that_stayed_inconclusive_for_one_reason_are_told_together() -> None:
    doubtful = judged("new", isolation="inconclusive", no_spin="inconclusive")
    for check in doubtful.result["checks"]:
        check["reason"] = "its fault never happened"
    assert doubtful.doubts == {"its fault never happened": ["isolation", "no_spin"]}


def test_a_comparison_of_nothing_that_is_there_is_told() -> None:
    assert "1 implementation, conforming at MUST: 0" in summary([LACKING])
