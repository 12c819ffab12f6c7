"""The page of a run: complete by itself, and readable without colours, scripts and a network."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from properties.model.levels import Level
from properties.model.verdict import Outcome, Verdict
from properties.reports import html
from properties.running.run import Run
from properties.search.findings import Failure, Findings
from properties.server.invariants import clean_restart
from tests.properties.reports.test_case import CASE
from tests.properties.running.test_settings import settings

VOID = {"meta", "link", "br", "rect", "line", "polygon"}


class Outline(HTMLParser):
    """Reads a page: which elements stand open, which names are linked to, which are there."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: set[str] = set()
        self.names: set[str] = set()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        found = dict(attrs)
        self.tags.add(tag)
        self.names.add(found.get("id") or "")
        if tag == "a":
            self.links.add(found.get("href") or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element; it must be the last one that was opened."""
        if tag not in VOID:
            assert self.open.pop() == tag


def a_run(*, failing: bool = True) -> Run:
    """Return a run in which one invariant was violated, one is in doubt and one held."""
    run = Run(settings())
    findings = Findings("disconnect_burst", workloads=8)
    findings.cells["exact_echo"].note(Verdict.passed())
    if failing:
        case = replace(CASE, actual="1 zombie (4712) <defunct> & no more", failed=10, times=10)
        findings.cells["no_zombies"].note(Verdict.failed(case.actual))
        findings.cells["no_zombies"].failure = Failure(
            case, first_steps=11, path=".anechoic/cases/no_zombies-3f2a.json"
        )
        findings.cells["no_spin"].note(Verdict.inconclusive("the machine was too slow"))
    run.add(findings)
    return run


def read(page: str) -> Outline:
    """Read a page to its end."""
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    return outline


def a_weak_run() -> Run:
    """Return a run in which a SHOULD was violated, and nothing else."""
    run, findings = Run(settings()), Findings("disconnect_burst", workloads=8)
    case = replace(CASE, invariant=clean_restart.INVARIANT)
    for invariant in run.invariants:
        findings.cells[invariant.id].note(Verdict.passed())
    cell = findings.cells["clean_restart"]
    cell.note(Verdict(Outcome.FAIL, "address in use", level=Level.SHOULD))
    cell.failure = Failure(case, first_steps=2)
    run.add(findings)
    return run


def test_a_weak_violation_has_a_word_and_a_class_of_its_own_and_its_level_with_the_source() -> None:
    page = html.page([a_weak_run()])
    read(page)
    assert '<td class="warn" ' in page
    assert ">warn</a></td>" in page
    assert '<section class="failure warn">' in page
    assert "<dd>SHOULD (UNP 7.5, socket(7) SO_REUSEADDR): " in page
    assert "conforms at MUST, with 1 warning" in page
    assert "<dt>violated</dt><dd>0 MUST, 1 SHOULD, 0 MAY</dd>" in page


def test_a_violation_of_a_must_says_so() -> None:
    assert "<dt>level</dt><dd>MUST</dd>" in html.page([a_run()])


def test_it_is_well_formed_and_needs_nothing_from_elsewhere() -> None:
    page = html.page([a_run()])
    outline = read(page)
    assert "script" not in outline.tags
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "@import" not in page
    assert "url(" not in page


def test_a_failed_cell_leads_to_its_failure() -> None:
    outline = read(html.page([a_run()]))
    assert outline.links == {"#server-no_zombies"}
    assert "server-no_zombies" in outline.names


def test_a_failure_has_its_requirement_steps_evidence_replay_and_figure() -> None:
    page = html.page([a_run()])
    for expected in (
        "every child that has terminated MUST be reaped, also when several end at once",
        "shrunk from 11 to 2 steps; fails 10 of 10",
        "open c1 and c2",
        "1 zombie (4712)",
        "UNP 5.9",
        "anechoic replay .anechoic/cases/no_zombies-3f2a.json",
        "<svg",
        "the same in letters",
    ):
        assert expected in page


def test_verdicts_are_words_and_not_only_colours() -> None:
    page = html.page([a_run()])
    for words in (">FAIL<", ">pass<", ">?<", "does not conform"):
        assert words in page
    assert "the machine was too slow" in page


def test_what_could_be_markup_is_words() -> None:
    assert "&lt;defunct&gt; &amp; no more" in html.page([a_run()])


def test_a_conforming_run_says_so_and_has_no_failures() -> None:
    page = html.page([a_run(failing=False)])
    assert "conforms" in page
    assert "Failures" not in page
    assert read(page).links == set()


def test_two_runs_are_one_page() -> None:
    page = html.page([a_run(), a_run(failing=False)])
    assert page.count("<h1>") == 2
    assert page.count("<!doctype html>") == 1
