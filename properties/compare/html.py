"""A comparison as one page to look at: a table for each role, and every failure with its figure."""

import platform
from collections.abc import Iterator, Sequence
from pathlib import Path

from properties.cases.case import Case, CaseError, read_case
from properties.compare.result import Compared
from properties.compare.text import legend_of, of_role, summary
from properties.model.role import Role
from properties.model.steps import describe
from properties.model.verdict import Invariant, Outcome
from properties.reports.case_parts import command_for
from properties.reports.html import (
    KINDS,
    Shown,
    class_of,
    document,
    element,
    escaped,
    failure_section,
    legend_line,
    scrolling,
)
from properties.reports.text import VERDICTS
from properties.roles import ROLES
from properties.running.versions import versions_in_words
from properties.search.findings import Failure


def page(compared: Sequence[Compared]) -> str:
    """Return the whole page."""
    return document("anechoic: a comparison", "\n".join(_body(compared)))


def _body(compared: Sequence[Compared]) -> Iterator[str]:
    yield element("h1", "Echo implementations compared")
    yield element("p", escaped(summary(compared)))
    facts = {"platform": platform.platform(), "versions": versions_in_words()}
    yield element("dl", "".join(element("dt", k) + element("dd", escaped(facts[k])) for k in facts))
    for role in ROLES.values():
        if those := of_role(compared, role):
            yield element("h2", f"{role.name.value.capitalize()}s")
            yield _table(those, role)
            yield legend_line(legend_of(those, role))
    for one in compared:
        yield from _implementation(one)


def _table(those: Sequence[Compared], role: Role) -> str:
    names = (escaped(invariant.id.replace("_", " ")) for invariant in role.invariants)
    heads = "".join(element("th", name, scope="col") for name in names)
    head = element("thead", element("tr", element("td", "") + heads))
    rows = "\n".join(_row(one, role) for one in those)
    table = element("table", head + element("tbody", rows))
    return scrolling(table, f"{role.name.value}s and invariants")


def _row(one: Compared, role: Role) -> str:
    name = escaped(one.implementation.name)
    if not one.was_judged:
        words = escaped(one.in_words)
        cells = element("td", words, class_="not-applicable", colspan=str(len(role.invariants)))
    else:
        name = element("a", name, href=f"#{one.implementation.identifier}")
        cells = "".join(_cell(one, invariant) for invariant in role.invariants)
    return element("tr", element("th", name, scope="row") + cells)


def _cell(one: Compared, invariant: Invariant) -> str:
    outcome = one.verdict(invariant.id)
    words, _ = sign = one.sign(invariant.id)
    if outcome is Outcome.FAIL:
        words = element("a", words, href=f"#{_anchor(one, invariant)}")
    return element("td", words, class_=class_of(outcome, sign), title=one.reason(invariant.id))


def _anchor(one: Compared, invariant: Invariant) -> str:
    return f"{one.implementation.identifier}-{invariant.id}"


def _implementation(one: Compared) -> Iterator[str]:
    if not one.was_judged:
        return
    implementation, totals = one.implementation, one.result["totals"]
    words, colour = VERDICTS[one.status]
    badge = element("span", words, class_=f"verdict {KINDS[colour]}")
    head = f"{escaped(implementation.name)} {badge}"
    yield element("h2", head, id=implementation.identifier)
    command = " ".join(implementation.command) or implementation.address
    facts = {
        "command": element("code", escaped(command)),
        "service": escaped(implementation.service_name),
        "options": escaped(" ".join(implementation.options)),
        "model": escaped(implementation.model),
        "known of it": escaped(implementation.about),
        "known to deviate": escaped(implementation.deviation),
        "workloads": f"{totals['workloads']} in {totals['seconds']:.1f} s, "
        f"seed {one.result['seed']}",
    }
    rows = (element("dt", name) + element("dd", fact) for name, fact in facts.items() if fact)
    yield element("dl", "".join(rows))
    for invariant in ROLES[implementation.role].invariants:
        if invariant.id in one.violated:
            yield _failure(one, invariant)


def _failure(one: Compared, invariant: Invariant) -> str:
    path = one.case(invariant.id) or ""
    try:
        case = read_case(Path(path))
    except CaseError:
        # It was moved away meanwhile; the result still has the reason.
        words = element("p", escaped(one.reason(invariant.id)))
        head = element("h3", escaped(invariant.id), id=_anchor(one, invariant))
        return element("section", head + words, class_="failure")
    others = [fault for fault in one.faults(invariant.id) if fault != case.fault]
    replay = command_for("replay", path)
    if one.implementation.compiler:
        # The folder that it was compiled into is gone.
        replay += " -- COMMAND"
    role = ROLES[one.implementation.role]
    shown = Shown(
        _failure_of(case),
        invariant,
        role,
        case.fault,
        others,
        _anchor(one, invariant),
        replay,
        one.sign(invariant.id),
    )
    return failure_section(shown)


def _failure_of(case: Case) -> Failure:
    return Failure(case, first_steps=len(list(describe(case.workload))))
