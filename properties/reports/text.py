"""The report in words: the grid, then each failure with its requirement, steps and evidence."""

import textwrap
from collections.abc import Iterator, Sequence

from properties import cases
from properties.cases import Case
from properties.findings import Failure, Findings
from properties.invariants.isolation import NO_BYSTANDER
from properties.reports.grid import grid, legend
from properties.reports.screen import WIDTH, Screen
from properties.role import Role
from properties.run import ExitStatus, Run
from properties.verdict import NOT_TRIED, Invariant, Outcome

VERDICTS = {
    ExitStatus.CONFORMS: ("conforms", "green"),
    ExitStatus.VIOLATION: ("does not conform", "red"),
    ExitStatus.USAGE: ("was not judged", "yellow"),
    ExitStatus.INCONCLUSIVE: ("stayed inconclusive", "yellow"),
}
UNREMARKABLE = frozenset({NOT_TRIED, NO_BYSTANDER})
"""Reasons that are not told: other families show the invariant."""

MOST_STEPS = 14
"""Lines of a workload that are shown; what lies between the first and the last is folded."""


def grid_of(run: Run, screen: Screen) -> Iterator[str]:
    """Return the lines of the grid: an invariant a row, a fault family a column."""
    columns = {name: one for name, one in run.findings.items() if one.workloads}
    rows = [invariant.id for invariant in run.invariants]

    def verdict(invariant: str, family: str) -> Outcome:
        return columns[family].cells[invariant].outcome

    yield from grid(rows, list(columns), verdict, screen)
    yield screen.paint(legend_of(run), "dim")


def legend_of(run: Run) -> str:
    """Return what the signs of a run's grid mean."""
    return legend(known=run.count(Outcome.KNOWN) > 0)


def failures_of(run: Run, names: list[str]) -> Iterator[str]:
    """Return the lines of the violations of these invariants, without colour."""
    return failures(run, Screen.nowhere(), names)


def failures(run: Run, screen: Screen, names: list[str] | None = None) -> Iterator[str]:
    """Return the lines of all violations, each as the smallest workload that showed it.

    `names` are the invariants to be shown, None for all.
    """
    for invariant in run.invariants:
        if names is not None and invariant.id not in names:
            continue
        if run.smallest_failure(invariant.id) is None:
            continue
        smallest, others = where_it_failed(run, invariant)
        yield ""
        yield from _failure(run, smallest, invariant, others, screen)


def where_it_failed(run: Run, invariant: Invariant) -> tuple[Findings, list[str]]:
    """Return where the smallest violation of an invariant was found, and the other families."""
    failed = [f for f in run.findings.values() if f.cells[invariant.id].failure is not None]
    shown = run.smallest_failure(invariant.id)
    smallest = next(f for f in failed if f.cells[invariant.id].failure is shown)
    return smallest, [f.family for f in failed if f is not smallest]


def _failure_of(findings: Findings, invariant: Invariant) -> Failure:
    failure = findings.cells[invariant.id].failure
    assert failure is not None
    return failure


def _failure(
    run: Run, findings: Findings, invariant: Invariant, others: list[str], screen: Screen
) -> Iterator[str]:
    failure = _failure_of(findings, invariant)
    head = f"{findings.family} x {invariant.id}"
    room = WIDTH - len(f"FAIL {head}        {invariant.section}")
    subject = textwrap.shorten(str(run.options.subject), room, placeholder=" ...")
    yield f"{screen.paint('FAIL', 'red')} {screen.paint(head, 'bold')}    {subject}    " + (
        invariant.section
    )
    yield from wrapped("  ", invariant.requirement)
    yield f"  workload ({described_shrinking(failure)})"
    yield from numbered(failure.steps, invariant, run.options.role)
    yield from evidence(failure.injected, failure.expected, failure.actual)
    if others:
        yield from wrapped("  also in   ", ", ".join(others))
    if failure.case:
        yield from timeline_of(cases.from_data(failure.case), screen)
    if failure.path:
        yield f"  replay    anechoic replay {failure.path}"


def timeline_of(case: Case, screen: Screen) -> Iterator[str]:
    """Return the lines of a case's timeline, nothing where the case has no history."""
    lines = case.role.timeline(case.history, case.actual, boxes=screen.draws_boxes)
    if lines:
        yield "  timeline"
    for line in lines:
        yield screen.paint(line.text, line.colour) if line.colour else line.text


def evidence(injected: list[str], expected: str, actual: str) -> Iterator[str]:
    """Return the lines that say what the faults did, what was expected, and what was seen."""
    yield from wrapped("  fault     ", "; ".join(dict.fromkeys(injected)) or "none")
    yield from wrapped("  expected  ", expected)
    yield from wrapped("  actual    ", actual)


def described_shrinking(failure: Failure) -> str:
    """Say how small a workload has become, and how often it fails."""
    now = len(failure.steps)
    lines = f"{now} step{'s' if now != 1 else ''}"
    if failure.first_steps > now:
        lines = f"shrunk from {failure.first_steps} to {lines}"
    if failure.times and not failure.failed:
        return f"{lines}; did not fail again in {failure.times} runs"
    return f"{lines}; fails {failure.failed} of {failure.times}" if failure.times else lines


def numbered(steps: Sequence[str], invariant: Invariant, role: Role) -> Iterator[str]:
    """Return the lines of a workload, folded where there are many, how it ends and what follows."""
    lines = [f"    {index}  {step}" for index, step in enumerate(steps, 1)]
    if len(lines) > MOST_STEPS:
        half = MOST_STEPS // 2
        folded = len(lines) - 2 * half
        lines = [*lines[:half], f"       ... {folded} more ...", *lines[-half:]]
    for line in lines:
        yield from wrapped("", line)
    yield from wrapped("       then ", role.closing)
    if invariant.sequel is not None:
        yield f"       then {invariant.sequel.value}"


def wrapped(label: str, text: str) -> list[str]:
    """Return lines that fit, the first behind a label and the others below it."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=label,
        subsequent_indent=" " * max(len(label), 7),
        break_long_words=True,
        drop_whitespace=bool(label),
    ) or [label]


def doubts(run: Run, screen: Screen) -> Iterator[str]:
    """Return what is known, what stayed inconclusive, and what could not be asked, with reasons."""
    for told, head, colour in (
        (known_of(run), "KNOWN", "yellow"),
        (reasons_of(run, Outcome.INCONCLUSIVE), "INCONCLUSIVE", "yellow"),
        (reasons_of(run, Outcome.NOT_APPLICABLE), "NOT APPLICABLE", "dim"),
    ):
        for reason, where in told.items():
            yield ""
            shown = ", ".join(where[:3]) + (f" and {len(where) - 3} more" if len(where) > 3 else "")
            first, *rest = wrapped(" " * (len(head) + 1), shown)
            yield screen.paint(head, colour) + first[len(head) :]
            yield from rest
            yield from wrapped("  ", reason)


def reasons_of(run: Run, outcome: Outcome) -> dict[str, list[str]]:
    """Return each reason for an outcome that is worth telling, with the cells it stands in."""
    reasons: dict[str, list[str]] = {}
    for findings, name, cell in run.cells():
        if cell.outcome is outcome and cell.reason not in UNREMARKABLE:
            reasons.setdefault(cell.reason, []).append(f"{findings.family} x {name}")
    return reasons


def known_of(run: Run) -> dict[str, list[str]]:
    """Return what was seen of each entry of the baseline that was met, with where it was seen."""
    seen: dict[str, list[str]] = {}
    for one in run.options.baseline.known:
        met = [f for f in run.findings.values() if str(one) in f.known]
        if met:
            # Each family's message has pids of its own; one of them stands for the entry.
            _, reason = met[0].known[str(one)]
            words = f"{reason} ({one.why})" if one.why else reason
            seen.setdefault(words, []).extend(f"{f.family} x {one.invariant}" for f in met)
    return seen


def stale_entries(run: Run) -> Iterator[str]:
    """Return what is to be done about entries of the baseline that no longer show."""
    for one in run.now_passing():
        why = f" ({one.why})" if one.why else ""
        yield f"{one}{why} now passes: remove it from {run.options.baseline.path}"


def remarks_of(run: Run) -> list[str]:
    """Return what was remarked while the run went on, each once."""
    return list(dict.fromkeys(n for findings in run.findings.values() for n in findings.notes))


def notes(run: Run) -> Iterator[str]:
    """Return remarks and errors."""
    for note in remarks_of(run):
        yield from ["", *wrapped("note  ", note)]
    for error in run.target_errors + run.errors:
        yield ""
        yield from error.splitlines()


def verdict_on(run: Run) -> tuple[str, str]:
    """Return the verdict on the target in words, and their colour."""
    if run.status is ExitStatus.VIOLATION and not run.count(Outcome.FAIL):
        return "is better than its baseline", "red"
    if run.status is ExitStatus.CONFORMS and run.count(Outcome.KNOWN):
        return "conforms but for what is known", "green"
    return VERDICTS[run.status]


def conclusion(run: Run, screen: Screen) -> str:
    """Return the last line: the verdict on the target."""
    words, colour = verdict_on(run)
    shown = Outcome.KNOWN if run.status is ExitStatus.CONFORMS else Outcome.FAIL
    broken = sorted({name for _, name, cell in run.cells() if cell.outcome is shown})
    subject = textwrap.shorten(str(run.options.subject), WIDTH - len(words) - 3, placeholder=" ...")
    violated = ", ".join(broken)
    fits = len(f"{subject} {words}: {violated}") <= WIDTH
    told = [f": {violated}"] if fits else [":", *wrapped("  ", violated)]
    verdict = f"{subject} {screen.paint(words, colour)}" + ("\n".join(told) if broken else "")
    spent = f"{run.workloads} workloads in {run.seconds:.1f} s, seed {run.options.seed}"
    return f"{verdict}\n{spent}"


def whole(run: Run, screen: Screen) -> Iterator[str]:
    """Return the whole report."""
    if run.workloads:
        yield ""
        yield from grid_of(run, screen)
        yield from failures(run, screen)
        yield from doubts(run, screen)
    for words in stale_entries(run):
        yield ""
        yield from wrapped("NOW PASSES ", words)
    yield from notes(run)
    yield ""
    yield conclusion(run, screen)


def family_line(findings: Findings, screen: Screen) -> str:
    """Say how one family went: its name, what it does, and what it violated."""
    failed = findings.failed()
    verdict = screen.paint("FAIL", "red") + f" {', '.join(failed)}" if failed else "ok"
    return f"{findings.family:<20} {findings.workloads:>5} workloads  {verdict}"
