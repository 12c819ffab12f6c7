"""A grade in words: the points of each stage, then each loss with its smallest case."""

from collections.abc import Iterator

from properties.cases.case import injected_in
from properties.grading.grade import UNFINISHED, Grade, Loss, StageGrade
from properties.model.steps import describe
from properties.model.verdict import Outcome
from properties.reports.case_parts import evidence, numbered, timeline_of
from properties.reports.layout import wrapped
from properties.reports.terminal import Terminal
from target.foreign_text import harmless

PARTIAL = "partial: it was interrupted; a stage that was not tried to its end has no points"

BY_HAND = "in doubt, to be looked at by a person"


def whole(grade: Grade, terminal: Terminal) -> Iterator[str]:
    """Return the lines of a grade."""
    if grade.rubric.title:
        yield from wrapped("", harmless(grade.rubric.title), terminal.width)
        yield ""
    if grade.partial:
        yield from wrapped("", PARTIAL, terminal.width)
        yield ""
    for one in grade.stages:
        yield from _row(one, terminal)
    yield ""
    yield from wrapped(f"{_number(grade.score):>8} of {_number(grade.maximum):<6} ", "in all", 80)
    if grade.problem:
        yield ""
        for line in grade.problem.splitlines():
            yield from wrapped("  ", harmless(line), terminal.width)
    for one in grade.stages:
        if one.losses or one.in_doubt:
            yield ""
            yield from of_stage(one, terminal)


def _row(one: StageGrade, terminal: Terminal) -> Iterator[str]:
    label = f"{_number(one.score):>8} of {_number(one.maximum):<6} "
    yield from wrapped(label, f"{harmless(one.stage.name)}{_remark(one)}", terminal.width)


def _remark(one: StageGrade) -> str:
    if one.status == UNFINISHED:
        return f": {UNFINISHED}"
    if one.unmet:
        return f": needs {', '.join(map(harmless, one.unmet))}"
    if one.losses:
        return f": {', '.join(dict.fromkeys(loss.invariant for loss in one.losses))}"
    if one.in_doubt:
        return f": {BY_HAND}"
    if not one.maximum and one.stage.points:
        return ": not applicable, and so excluded"
    if one.undecided and not one.was_judged:
        return ": not applicable, and so not lost"
    return ""


def of_stage(one: StageGrade, terminal: Terminal) -> Iterator[str]:
    """Return what is to be said of one stage: why points were lost, and what stayed undecided."""
    head = f"{one.stage.name}: {_number(one.score)} of {_number(one.maximum)}"
    yield terminal.paint(harmless(head), "bold")
    if one.stage.message and (one.losses or one.unmet):
        yield from wrapped("  ", harmless(one.stage.message), terminal.width)
    if one.unmet:
        names = ", ".join(map(harmless, one.unmet))
        yield from wrapped("  ", f"no points without those of {names}", terminal.width)
    for loss in one.losses:
        yield from _of_loss(loss, terminal)
    for doubt in one.undecided:
        is_told = doubt.outcome is Outcome.INCONCLUSIVE or not one.was_judged
        if is_told:
            words = f"{doubt.family} x {doubt.invariant}, {doubt.outcome.value}: {doubt.reason}"
            yield from wrapped("  ", harmless(words), terminal.width)


def _of_loss(loss: Loss, terminal: Terminal) -> Iterator[str]:
    yield f"  {loss.family} x {loss.invariant}, {loss.level.name}"
    if loss.case is None:
        yield from wrapped("  ", harmless(loss.reason), terminal.width)
        return
    case = loss.case
    yield from wrapped("  ", case.invariant.requirement, terminal.width)
    yield "  workload"
    yield from numbered(list(describe(case.workload)), case.invariant, case.role, terminal.width)
    yield from evidence(injected_in(case.history), case.actual, terminal.width)
    yield from timeline_of(case, terminal)


def _number(points: float) -> str:
    return f"{points:g}"
