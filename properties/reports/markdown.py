"""A run in Markdown: short enough for the summary of a CI job, or for a comment.

Foreign text is shown as it is and never obeyed: no markup, no link, no new cell of a table.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from properties.model.levels import LEVELS, Level
from properties.model.verdict import Invariant, Outcome
from properties.reports import swept
from properties.reports.case_parts import command_for, timeline_of
from properties.reports.levels import level_in_words, sign_of_failure
from properties.reports.terminal import Terminal
from properties.reports.text import also_in, described_shrinking, reasons_of, verdict_on
from properties.running.run import Run
from properties.search.findings import Failure
from target.foreign_text import harmless, harmless_lines

MARKUP = re.compile(r"[\\`*_\[\]|<>&~#@:]|^[+=-]|(?<=www)\.", re.IGNORECASE)
ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;", ":": "&#58;", ".": "&#46;"}
"""Those of the characters that no backslash makes plain.

A colon makes a link of an address, and so does the point of "www." (GitHub's autolinks).
"""

MOST_CASES = 30
"""Violations that are shown in full: a summary of GitHub holds a mebibyte."""

MOST_REASONS = 20
"""Reasons for doubt that are shown."""


def page(runs: Sequence[Run]) -> str:
    """Return the summary of one run, or of several."""
    return "\n".join(line for run in runs for line in _run(run)) + "\n"


def plain(words: object) -> str:
    """Return foreign text as Markdown that shows it as it is."""
    return MARKUP.sub(lambda found: ENTITIES.get(found[0]) or f"\\{found[0]}", harmless(words))


def code(words: object) -> str:
    """Return foreign text as code within a line, also where it has backquotes."""
    text = harmless(words)
    fence = "`" * (_longest_run(text) + 1)
    return f"{fence} {text} {fence}" if len(fence) > 1 or not text else f"`{text}`"


def block(lines: Iterable[str]) -> Iterator[str]:
    """Return foreign lines as a block of code that they cannot end."""
    text = harmless_lines("\n".join(lines))
    fence = "`" * max(3, _longest_run(text) + 1)
    yield f"\n{fence}text\n{text}\n{fence}\n"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _run(run: Run) -> Iterator[str]:
    words, _ = verdict_on(run)
    yield f"## {code(run.settings.target)} {words}\n"
    extent = (swept.extent_of(run), f"seed {run.settings.seed}", swept.shard_of(run))
    yield f"{plain(', '.join(filter(None, extent)))}. {plain(run.origin['platform'])}\n"
    yield from _levels(run)
    yield from _failures(run)
    yield from _doubts(run)
    yield from _swept(run)
    yield from _notes(run)


def _levels(run: Run) -> Iterator[str]:
    counts, violated = Counter(cell.outcome for _, _, cell in run.cells()), run.violated()
    yield "| level | violated | which | cells |"
    yield "|---|--:|---|--:|"
    for level in LEVELS.values():
        names = sorted(name for name, found in violated.items() if found is level)
        fails = " (fails the run)" if names and level >= run.level else ""
        words = plain(", ".join(names)) or "-"
        yield f"| {level.name} | {len(names)}{fails} | {words} | {run.count_at(level)} |"
    kinds = (Outcome.PASS, Outcome.KNOWN, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE)
    yield f"\n{', '.join(f'{counts[one]} {one.value}' for one in kinds)}\n"


def _failures(run: Run) -> Iterator[str]:
    found = [
        (invariant, failure)
        for invariant in run.invariants
        for failure in run.smallest_failures(invariant.id)
    ]
    found.sort(key=lambda one: -one[1].level)
    for invariant, failure in found[:MOST_CASES]:
        yield from _failure(run, invariant, failure)
    if left := len(found) - MOST_CASES:
        yield (
            f"{left} more violations are in the page and in the JSON result.\n" if left > 0 else ""
        )


def _failure(run: Run, invariant: Invariant, failure: Failure) -> Iterator[str]:
    sign, _ = sign_of_failure(failure, run)
    family = plain(failure.case.fault)
    yield f"### {sign} {family} x {plain(invariant.id)} ({plain(invariant.section)})\n"
    yield f"{plain(invariant.requirement)}\n"
    if failure.level is not Level.MUST:
        yield f"{plain(level_in_words(failure.case.ruling))}\n"
    yield f"{plain(described_shrinking(failure))}:\n"
    yield from (f"{number}. {plain(step)}" for number, step in enumerate(failure.steps, 1))
    yield f"\nSeen: {plain(failure.actual)}\n"
    if others := also_in(run, failure):
        yield f"Also in {plain(', '.join(others))}.\n"
    if failure.path:
        yield from block([command_for("replay", failure.path)])
    if timeline := list(timeline_of(failure.case, Terminal.nowhere())):
        yield "<details><summary>timeline</summary>"
        yield from block(timeline[1:])
        yield "</details>\n"


def _doubts(run: Run) -> Iterator[str]:
    reasons = list(reasons_of(run, Outcome.INCONCLUSIVE).items())
    if reasons:
        yield "### Inconclusive\n"
        yield from (
            f"- {plain(', '.join(where[:3]))}{' and more' if len(where) > 3 else ''}: {plain(why)}"
            for why, where in reasons[:MOST_REASONS]
        )
        yield ""


def _swept(run: Run) -> Iterator[str]:
    lines = list(swept.lines(run, Terminal.nowhere().width))
    if lines:
        yield "<details><summary>finite choices that were tried</summary>"
        yield from block(lines[1:])
        yield "</details>\n"


def _notes(run: Run) -> Iterator[str]:
    for words in (*run.remarks, *run.target_errors, *run.errors, *run.unwritten):
        yield f"- {plain(words)}"
    for one in run.now_passing():
        yield f"- {plain(one)} now passes: remove it from {plain(run.settings.baseline.path)}"
