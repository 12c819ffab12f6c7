"""A run as one page to look at: the grid as a heat map, and each failure with its figure.

The page needs no network and no script. Verdicts are words as well as colours. It has a dark colour
scheme, fits a phone (wide tables and figures scroll within themselves), and prints.
"""

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from properties.model.events import Carried
from properties.model.levels import Level
from properties.model.role import Role
from properties.model.verdict import Invariant, Outcome
from properties.reports import ladder_svg
from properties.reports.case_parts import command_for, timeline_of
from properties.reports.grid import SIGNS, WEAK_SIGNS
from properties.reports.levels import level_in_words, levels_line, sign_of, sign_of_failure
from properties.reports.swept import shard_of
from properties.reports.terminal import Terminal
from properties.reports.text import (
    also_in,
    described_shrinking,
    known_of,
    legend_of,
    reasons_of,
    stale_entries,
    verdict_on,
)
from properties.running.run import Run
from properties.running.versions import versions_in_words
from properties.search.findings import Failure, Findings
from target.foreign_text import harmless_lines

KINDS = {"green": "conforms", "red": "violation", "yellow": "doubt"}
"""The class of a verdict, by its colour on a terminal."""


def page(runs: Sequence[Run]) -> str:
    """Return the page of one run, or of the runs of both references."""
    title = " and ".join(str(run.settings.target) for run in runs)
    body = "\n".join(part for run in runs for part in _run(run))
    return document(f"anechoic: {title}", body)


def document(title: str, body: str) -> str:
    """Return a whole page with this content."""
    style = ladder_svg.style() + files("properties.reports").joinpath("html.css").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"{body}\n</body>\n</html>\n"
    )


def escaped(words: object) -> str:
    """Return foreign words as HTML, also within an attribute; lines stay lines."""
    return html.escape(harmless_lines(words))


def element(name: str, content: str, **attributes: str) -> str:
    """Return an element; the content is markup. `class_` stands for the attribute `class`."""
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{named}>{content}</{name}>"


def _run(run: Run) -> Iterator[str]:
    words, colour = verdict_on(run)
    target = escaped(run.settings.target)
    badge = element("span", words, class_=f"verdict {KINDS[colour]}")
    yield element("h1", f"{target} {badge}")
    yield element("dl", "".join(_facts(run)))
    if run.workloads:
        yield element("h2", "Faults and invariants")
        yield _grid(run)
        yield legend_line(legend_of(run))
    failed = [one for one in run.invariants if run.smallest_failure(one.id) is not None]
    if failed:
        yield element("h2", "Failures")
        for invariant in failed:
            found = run.smallest_failures(invariant.id)
            yield from (_failure(run, invariant, one, is_first=one is found[0]) for one in found)
    yield from _doubts(run)
    yield from _notes(run)


def _facts(run: Run) -> Iterator[str]:
    facts = {
        "role": run.settings.role.name.value,
        "service": run.settings.service,
        "violated": levels_line(run).removeprefix("violated: ") or "nothing",
        "fails from": run.level.name,
        "workloads": f"{run.workloads} in {run.seconds:.1f} s",
        "cells judged": f"{run.judged} of {len(run.cells())}",
        "seed": run.settings.seed,
        **({"shard": shard} if (shard := shard_of(run).removeprefix("shard ")) else {}),
        "platform": run.origin["platform"],
        "versions": versions_in_words(run.origin["versions"]),
    }
    for name, value in facts.items():
        yield element("dt", name) + element("dd", escaped(value))


def _grid(run: Run) -> str:
    columns = [findings for findings in run.findings.values() if findings.was_run]
    heads = [element("th", escaped(one.family.replace("_", " ")), scope="col") for one in columns]
    head = element("thead", element("tr", element("td", "") + "".join(heads)))
    rows = (
        element(
            "tr",
            element("th", escaped(invariant.id), scope="row", title=invariant.requirement)
            + "".join(_cell(run, findings, invariant) for findings in columns),
        )
        for invariant in run.invariants
    )
    table = element("table", head + element("tbody", "\n".join(rows)))
    return scrolling(table, "the grid of faults and invariants")


def legend_line(legend: str) -> str:
    """Return what the signs of a table mean, as a line below it."""
    return element("p", escaped(legend.replace("   ", " · ")), class_="legend")


def scrolling(content: str, label: str) -> str:
    """Return a box that scrolls sideways where its content is too wide, by keyboard as well."""
    return element("div", content, class_="wide", tabindex="0", role="region", aria_label=label)


def _cell(run: Run, findings: Findings, invariant: Invariant) -> str:
    cell = findings.cells[invariant.id]
    words, _ = sign = sign_of(cell, run)
    if cell.outcome is Outcome.FAIL:
        words = element("a", words, href=f"#{anchor(run, invariant)}")
    return element("td", words, class_=class_of(cell.outcome, sign), title=cell.reason)


def class_of(outcome: Outcome, sign: tuple[str, str]) -> str:
    """Return the class of a verdict in a table, from the sign that stands for it."""
    return sign[0] if sign in WEAK_SIGNS.values() else outcome.value


def anchor(run: Run, invariant: Invariant) -> str:
    """Return the name by which a failure is linked to."""
    return f"{run.settings.role.name.value}-{invariant.id}"


def _failure(run: Run, invariant: Invariant, failure: Failure, *, is_first: bool) -> str:
    replay = command_for("replay", failure.path) if failure.path else ""
    link = anchor(run, invariant) if is_first else f"{anchor(run, invariant)}-{failure.kind}"
    family, others = failure.case.fault, also_in(run, failure)
    sign = sign_of_failure(failure, run)
    return failure_section(
        Shown(failure, invariant, run.settings.role, family, others, link, replay, sign)
    )


@dataclass(frozen=True)
class Shown:
    """A failure with all that is shown of it: `others` are the families that have it as well.

    `anchor` is the name by which it is linked to, `replay` the command that runs it again, `sign`
    what stands for it in the table.
    """

    failure: Failure
    invariant: Invariant
    role: Role
    family: str
    others: Sequence[str]
    anchor: str
    replay: str
    sign: tuple[str, str] = SIGNS[Outcome.FAIL]


def failure_section(shown: Shown) -> str:
    """Return a failure: requirement, steps, fault and actual, replay command, and figure."""
    failure, invariant = shown.failure, shown.invariant
    parts = [
        element("h3", _head(shown), id=shown.anchor),
        element("p", escaped(invariant.requirement), class_="requirement"),
        element("p", f"Workload, {escaped(described_shrinking(failure))}:"),
        _steps(failure, shown.role, invariant),
        element("dl", "".join(_failure_facts(shown))),
        *_figure(failure, invariant),
    ]
    return element("section", "\n".join(parts), class_=f"failure {_kind(shown)}")


def _kind(shown: Shown) -> str:
    return class_of(Outcome.FAIL, shown.sign)


def _head(shown: Shown) -> str:
    head = f"{escaped(shown.family)} x {escaped(shown.invariant.id)}"
    return f"{element('span', shown.sign[0], class_=f'sign {_kind(shown)}')} {head}"


def _steps(failure: Failure, role: Role, invariant: Invariant) -> str:
    then = [role.closing]
    if invariant.follow_up is not None:
        then.append(invariant.follow_up.value)
    steps = [element("li", escaped(step)) for step in failure.steps]
    closing = "".join(element("li", f"then {escaped(words)}") for words in then)
    return element("ol", "".join(steps)) + element("ul", closing)


def _failure_facts(shown: Shown) -> Iterator[str]:
    failure = shown.failure
    facts = {
        "fault": "; ".join(dict.fromkeys(failure.injected)) or "none",
        "actual": failure.actual,
        "level": level_in_words(failure.case.ruling) or Level.MUST.name,
        "described in": shown.invariant.section,
        "also in": ", ".join(shown.others),
    }
    for name, words in facts.items():
        if words:
            yield element("dt", name) + element("dd", escaped(words))
    if shown.replay:
        yield element("dt", "replay") + element("dd", element("code", escaped(shown.replay)))


def _figure(failure: Failure, invariant: Invariant) -> Iterator[str]:
    case = failure.case
    picture = case.role.picture(case.history, case.actual)
    if picture is None:
        return
    drawing = ladder_svg.figure(picture, f"time-sequence figure: {invariant.id}: {failure.actual}")
    lines = "\n".join(timeline_of(case, Terminal.nowhere()))
    in_words = element("details", element("summary", "the same in letters") + _letters(lines))
    if any(isinstance(event, Carried) for event in case.history):
        lines = "\n".join(timeline_of(case, Terminal.nowhere(), segments=True))
        in_words += element("details", element("summary", "each segment") + _letters(lines))
    caption = element("figcaption", escaped(ladder_svg.caption(picture)), class_="legend")
    yield element("figure", scrolling(drawing, f"figure of {invariant.id}") + caption + in_words)


def _letters(lines: str) -> str:
    return element("pre", escaped(lines))


def _doubts(run: Run) -> Iterator[str]:
    for reasons, head in (
        (known_of(run), "Known"),
        (reasons_of(run, Outcome.INCONCLUSIVE), "Inconclusive"),
        (reasons_of(run, Outcome.NOT_APPLICABLE), "Not applicable"),
    ):
        if reasons:
            yield element("h2", head)
            yield _list(f"{', '.join(where)}: {reason}" for reason, where in reasons.items())


def _notes(run: Run) -> Iterator[str]:
    lines = [*stale_entries(run), *run.remarks, *run.target_errors, *run.errors, *run.unwritten]
    if lines:
        yield element("h2", "Notes")
        yield _list(lines)


def _list(items: Iterable[str]) -> str:
    return element("ul", "".join(element("li", escaped(item)) for item in items))
