"""A comparison as a page of documentation, in Markdown."""

import platform
import sys
from collections.abc import Iterator, Sequence

from properties.compare.result import Compared
from properties.compare.text import legend_of, of_role, summary
from properties.model.role import Role
from properties.reports.markdown import plain
from properties.roles import ROLES
from properties.running.versions import versions_in_words


def markdown(compared: Sequence[Compared]) -> str:
    """Return the whole page."""
    return "\n".join(_lines(compared)) + "\n"


def _lines(compared: Sequence[Compared]) -> Iterator[str]:
    all_echo = not any(one.implementation.service for one in compared)
    yield f"# {'Echo implementations' if all_echo else 'Implementations'} compared\n"
    where = f"{platform.platform()}, {versions_in_words()}"
    yield f"{summary(compared)}. Made by `anechoic compare` on {where}.\n"
    for role in ROLES.values():
        if those := of_role(compared, role):
            yield f"## {role.name.value.capitalize()}s\n"
            yield from _table(those, role)
            yield f"\n{legend_of(those, role).replace('   ', ' · ')}\n"
    yield "## What was found\n"
    for one in compared:
        yield from _found(one)


def _table(those: Sequence[Compared], role: Role) -> Iterator[str]:
    names = [invariant.id for invariant in role.invariants]
    yield f"| | {' | '.join(name.replace('_', ' ') for name in names)} | workloads |"
    yield f"|---|{'---|' * len(names)}--:|"
    for one in those:
        if one.was_judged:
            cells = [one.sign(name)[0] for name in names]
            cells.append(str(one.result["totals"]["workloads"]))
        else:
            cells = [plain(one.in_words)] + [""] * len(names)
        bold = [f"**{cell}**" if cell == "FAIL" else cell for cell in cells]
        yield f"| {_named(one)} | {' | '.join(bold)} |"


def _named(one: Compared) -> str:
    """Return its name, and its service where that is not echo."""
    of = one.implementation
    return plain(f"{of.name} ({of.service_name})" if of.service else of.name)


def _found(one: Compared) -> Iterator[str]:
    if not one.violated and not one.doubts:
        return
    yield f"### {plain(one.implementation.name)}\n"
    for invariant in one.violated:
        faults, sign = plain(", ".join(one.faults(invariant))), one.sign(invariant)[0]
        yield f"- {sign} **{invariant}** ({faults}): {plain(_unfilled(one, one.reason(invariant)))}"
    for reason, names in one.doubts.items():
        faults = plain(", ".join(one.faults(names[0])))
        yield f"- ? **{', '.join(names)}** ({faults}): {plain(_unfilled(one, reason))}"
    if one.implementation.about:
        yield f"\n{plain(one.implementation.about)}"
    yield ""


def _unfilled(one: Compared, reason: str) -> str:
    """Return a reason without the folders of the machine that it was seen on."""
    words = reason.replace(str(one.implementation.here), "{here}")
    return words.replace(sys.executable, "{python}")
