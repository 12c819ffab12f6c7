"""What a gated command's report says: in words for standard error, and as data for a file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from properties.gated.caller import Caller
from properties.gated.program import GatedProgram
from properties.gated.selection import GateHit, Selection
from properties.reports.layout import wrapped
from target.held import Ending

FORMAT = 1
"""Of the JSON file; raised when a field changes its meaning."""

MOST_CALLERS = 5
"""Processes that are named in one line."""

MOST_LINES = 10
"""Hits of one rule that are shown in words; the file has more."""


def lines(program: GatedProgram, width: int) -> Iterator[str]:
    """Return the report in lines that fit, once the command has ended."""
    ending = program.poll()
    failed = ending is not None and ending.status != 0
    for selection in program.selections:
        word = "happened" if selection.happened else "did not happen"
        times = f" {selection.applied} times" if selection.applied > 1 else ""
        yield from wrapped("anechoic gate: ", f"{selection.rule}: {word}{times}", width, below=2)
        yield from wrapped("  seen  ", _seen(selection), width)
        if spared := selection.armed.spared:
            words = f"{_calls(spared)} left alone: a short count would have meant something else"
            yield from wrapped("  spared  ", words, width)
        for hit in selection.hits[:MOST_LINES]:
            words = f"{hit.caller}: {hit.what}, {hit.at:.3f} s after the start"
            yield from wrapped("  hit   ", words, width)
            yield from wrapped("  then  ", _then(selection, hit), width)
        if failed:
            yield from _doubt(selection, width)
        if (more := selection.applied - MOST_LINES) > 0:
            yield f"  and {more} more"
    if program.trouble:
        yield from wrapped("anechoic gate: ", program.trouble, width, below=2)


def as_data(program: GatedProgram, ending: Ending, status: int) -> dict[str, Any]:
    """Return the report for a file. `status` is the exit status of `anechoic gate`."""
    return {
        "anechoic_gate": FORMAT,
        "command": list(program.command),
        "exit_status": status,
        "command_ended": _ended(ending),
        "happened": program.happened,
        "trouble": program.trouble or None,
        "rules": [_of_rule(selection) for selection in program.selections],
    }


def _seen(selection: Selection) -> str:
    total = selection.seen.total()
    if not total:
        if +selection.impossible:
            return f"only calls to which it cannot happen: {_most(+selection.impossible)}"
        others = selection.others
        return f"no such call{f', but by other programs: {_most(others)}' if others else ''}"
    found = selection.seen.most_common()
    named = [f"{count} by {caller}" for caller, count in found[:MOST_CALLERS]]
    if len(found) > MOST_CALLERS:
        rest = sum(count for _, count in found[MOST_CALLERS:])
        named.append(f"{rest} by {len(found) - MOST_CALLERS} others")
    return f"{_calls(total)}: {', '.join(named)}"


def _most(counts: Counter[str]) -> str:
    """Return the programs that made most calls, each with how many."""
    return ", ".join(f"{count} by {name}" for name, count in counts.most_common(MOST_CALLERS))


def _doubt(selection: Selection, width: int) -> Iterator[str]:
    """Say what else may have failed besides what the rule says."""
    call = selection.rule.call
    for caller in [one for one in selection.seen if one.identity in selection.exposed][:1]:
        words = (
            f"{caller} catches {selection.exposed[caller.identity]}: where that came in the moment "
            f"in which {call} reached the gate, {call} has failed with EINTR, if the handler was "
            "set without SA_RESTART, and that is no fault of the program"
        )
        yield from wrapped("  note  ", words, width)


def _then(selection: Selection, hit: GateHit) -> str:
    after = selection.calls_after(hit)
    found = [hit.then] if hit.then else []
    if after:
        found.append(f"it called {selection.rule.call} {after} more time{'s' * (after != 1)}")
    match hit.ending:
        case Ending() as ending:
            found.append(f"it {_in_words(ending)}")
        case _ if hit.watched.ran:
            found.append("it still ran when the command ended")
        case _:
            found.append("how it ended is not known")
    return "; ".join(found)


def _in_words(ending: Ending) -> str:
    return f"was {ending}" if ending.signal is not None else str(ending)


def _calls(count: int) -> str:
    return f"{count} call{'s' * (count != 1)}"


def _ended(ending: Ending | None) -> dict[str, int | None] | None:
    return None if ending is None else {"status": ending.status, "signal": ending.signal}


def _of_rule(selection: Selection) -> dict[str, Any]:
    return {
        "rule": str(selection.rule),
        "happened": selection.happened,
        "applied": selection.applied,
        "spared": selection.armed.spared,
        "seen": selection.seen.total(),
        "seen_by": _by(selection.seen),
        "exposed_to_signals": [one.pid for one in selection.exposed],
        "other_programs": dict(selection.others.most_common()),
        "impossible": dict((+selection.impossible).most_common()),
        "hits": [_of_hit(selection, hit) for hit in selection.hits],
    }


def _by(seen: Counter[Caller]) -> Sequence[dict[str, Any]]:
    return [
        {"pid": caller.identity.pid, "program": caller.name, "calls": count}
        for caller, count in seen.most_common()
    ]


def _of_hit(selection: Selection, hit: GateHit) -> dict[str, Any]:
    return {
        "at": round(hit.at, 6),
        "pid": hit.caller.identity.pid,
        "program": hit.caller.name,
        "call": hit.what,
        "happened": hit.happened,
        "then": hit.then or None,
        "calls_after": selection.calls_after(hit),
        "ended": _ended(hit.ending),
        "still_ran": hit.watched.ran,
    }
