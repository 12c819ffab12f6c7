"""A merged result as JUnit XML: a test suite for each target, a test case for each cell."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from properties.model.verdict import Outcome
from properties.reports import text
from properties.running.run import Run
from properties.search.cells import Cell
from properties.search.findings import Findings
from target.foreign_text import harmless, harmless_lines

WEAK = "anechoic_weaker"
"""The property with what was violated and is too weak to fail the run."""


def page(runs: Sequence[Run]) -> str:
    """Return the whole file."""
    root = ET.Element("testsuites", name="anechoic")
    for run in runs:
        root.append(_suite(run))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(run: Run) -> ET.Element:
    cases = [_case(run, *cell) for cell in run.cells()] + [_error(one) for one in _errors(run)]
    kinds = [child.tag for case in cases for child in case]
    return _with(
        ET.Element(
            "testsuite",
            name=harmless(run.settings.target),
            tests=str(len(cases)),
            failures=str(kinds.count("failure")),
            errors=str(kinds.count("error")),
            skipped=str(kinds.count("skipped")),
            time=f"{run.seconds:.3f}",
        ),
        cases,
    )


def _with(element: ET.Element, children: Iterable[ET.Element]) -> ET.Element:
    element.extend(children)
    return element


def _case(run: Run, findings: Findings, name: str, cell: Cell) -> ET.Element:
    role = run.settings.role.name.value
    case = ET.Element(
        "testcase",
        classname=f"anechoic.{role}.{harmless(findings.family)}",
        name=harmless(name),
        time=f"{findings.seconds / max(1, len(run.invariants)):.3f}",
    )
    reason = harmless(cell.reason)
    if cell.fails(run.level):
        failure = ET.SubElement(case, "failure", message=reason)
        failure.text = harmless_lines("\n".join(text.failures_of(run, [name]))).strip()
    elif cell.is_in_doubt(run.level):
        ET.SubElement(case, "error", message=f"inconclusive: {reason}")
    elif cell.outcome is Outcome.FAIL:
        properties = ET.SubElement(case, "properties")
        ET.SubElement(properties, "property", name=WEAK, value=reason)
    elif cell.outcome is not Outcome.PASS:
        ET.SubElement(case, "skipped", message=f"{cell.outcome.value}: {reason}")
    return case


def _errors(run: Run) -> list[str]:
    stale = [f"{one} now passes" for one in run.now_passing()]
    return [*run.target_errors, *run.errors, *run.unwritten, *stale]


def _error(words: str) -> ET.Element:
    case = ET.Element("testcase", classname="anechoic", name="run", time="0")
    ET.SubElement(case, "error", message=harmless(words))
    return case
