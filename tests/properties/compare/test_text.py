"""A comparison in words, as a page and as Markdown: every verdict, every miss, every failure."""

import subprocess
from pathlib import Path
from typing import Any

from properties.compare.html import page
from properties.compare.implementation import Implementation
from properties.compare.markdown import markdown
from properties.compare.result import Compared
from properties.compare.runner import Check
from properties.compare.text import done_line, summary, underway, whole
from properties.model.verdict import Outcome
from properties.reports.layout import WIDTH
from properties.reports.terminal import Terminal
from properties.running.exit_status import ExitStatus
from properties.server.role import SERVER


def implementation(name: str, **known: Any) -> Implementation:
    return Implementation(name=name, here=Path("/"), command=("x", "{port}"), **known)


def judged(name: str, **verdicts: str) -> Compared:
    """Return a server with these verdicts on invariants in the control family, and passes else."""
    checks = [
        {
            "fault": fault,
            "invariant": one.id,
            "verdict": verdicts.get(one.id, "pass") if fault == "control" else "not-applicable",
            "reason": f"why {one.id}",
            "case": f"{name}.json" if verdicts.get(one.id) == "fail" else None,
        }
        for fault in ("mixed", "control")
        for one in SERVER.invariants
    ]
    totals = {"workloads": 3, "seconds": 1.5}
    status = ExitStatus.VIOLATION if "fail" in verdicts.values() else ExitStatus.CONFORMS
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
        "4 implementations, 1 without a violation, 1 with some, 1 missing, 1 not checked; "
        "6 workloads"
    )


def test_a_line_is_written_for_each_that_is_done() -> None:
    assert done_line(2, 4, BAD) == "[2/4] bad: does not conform: no_zombies"
    assert done_line(3, 4, LACKING) == "[3/4] gone: missing: x is not installed (package p)"
    assert len(done_line(1, 4, judged("x" * 200))) <= WIDTH


def test_what_goes_on_is_told_in_lines_that_fit() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    check = Check(implementation("x" * 50), process, parts=30, parts_done=4, workloads=17)
    check.violated += [invariant.id for invariant in SERVER.invariants]
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


def test_what_comes_from_outside_is_escaped_in_the_page() -> None:
    assert "<script>" not in page([judged("<script>")])


def test_the_markdown_has_a_table_and_what_was_found() -> None:
    lines = markdown(ALL).splitlines()
    assert any(line.startswith("| bad | pass |") and "**FAIL**" in line for line in lines)
    assert any(
        line.startswith("| gone | missing: x is not installed (package p)") for line in lines
    )
    assert "- **no_zombies** (control): why no_zombies" in lines


def test_a_comparison_of_nothing_that_is_there_is_told() -> None:
    assert "1 implementations, 0 without a violation" in summary([LACKING])
