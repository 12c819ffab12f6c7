"""Shards of one plan joined into one run, and runs of several targets beside each other."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from faults.server.schedules import Schedule
from properties.merging.reading import ReadRun
from properties.model.target_spec import RoleName
from properties.running.division.shard import missing_of
from properties.running.errors import UsageError
from properties.running.plan import Part
from properties.running.run import Run

MOST_DIGITS = 9
"""Of the number of a part: Python reads no number of thousands of digits."""


def joined(read: Sequence[ReadRun]) -> list[Run]:
    """Return the runs of all files, those of the shards of one plan as one. Raises UsageError."""
    shards = [one for one in read if one.run.settings.shard is not None]
    whole = [one.run for one in read if one.run.settings.shard is None]
    for run in whole:
        _tell_an_interruption(run, str(run.settings.target))
    _require_each_once(read)
    roles = dict.fromkeys(one.run.settings.role.name for one in shards)
    return [_of_shards(_of(shards, role)) for role in roles] + whole


def _require_each_once(read: Sequence[ReadRun]) -> None:
    """Raise UsageError for a run that is there twice: by itself, or joined and as its shards."""
    whole: dict[tuple[object, ...], ReadRun] = {}
    for one in read:
        if one.run.settings.shard is None:
            before = whole.setdefault((*_asked(one), one.run.seconds, one.run.workloads), one)
            if before is not one:
                words = f"{before.path} and {one.path} hold the same run: name one of them"
                raise UsageError(words)
    plans = {_asked(one): one.path for one in whole.values()}
    for one in read:
        if one.run.settings.shard is not None and (path := plans.get(_asked(one))):
            words = f"{path} may hold {one.path} already, a shard of its plan: leave one out"
            raise UsageError(words)


def _asked(one: ReadRun) -> tuple[object, ...]:
    settings = one.run.settings
    return settings.role.name, str(settings.target), settings.service, settings.seed


def _of(shards: Iterable[ReadRun], role: RoleName) -> list[ReadRun]:
    found = [one for one in shards if one.run.settings.role.name is role]
    return sorted(found, key=lambda one: _number(one.run))


def _number(run: Run) -> int:
    return run.settings.shard.number if run.settings.shard else 0


def _of_shards(shards: list[ReadRun]) -> Run:
    """Return one run from the shards of one target, in their order."""
    first = shards[0]
    for one in shards[1:]:
        _require_alike(first, one)
    runs = [one.run for one in shards]
    settings = first.run.settings
    assert settings.shard is not None
    missing = missing_of(map(_number, runs), settings.shard.of)
    families = [family.name for family in settings.families]
    parts = [part for run in runs for part in run.parts]
    parts.sort(key=lambda part: (families.index(part.family.name), _place(part)))
    done = {part.id for part in parts}
    elsewhere = tuple(
        part
        for part in first.run.elsewhere
        if part.id not in done and not part.path
        # One that was interrupted may not have learnt which schedules there are.
        if missing or part.family.fault is not Schedule
    )
    origin = {**first.run.origin, "platform": _platforms(runs)}
    merged = Run(replace(settings, shard=None), tuple(parts), elsewhere, origin)
    for run in runs:
        _tell_an_interruption(run, f"shard {run.settings.shard}")
        _add(merged, run)
    merged.settle()
    merged.seconds = sum(run.seconds for run in runs)
    merged.left_out.append(_spent(runs, settings.shard.of))
    if missing:
        merged.errors.append(_lacking(missing, settings.shard.of, len(elsewhere)))
    elif elsewhere:
        raise UsageError("the shards are all there and do not make the whole: their plans differ")
    return merged


def _place(part: Part) -> int:
    """Return which of its family a part is, by the number at the end of its id."""
    number = part.id.rpartition("-")[2]
    is_number = number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS
    return int(number) if is_number else -1


def _require_alike(first: ReadRun, other: ReadRun) -> None:
    for what, words in first.alike.items():
        if other.alike[what] != words:
            raise UsageError(
                f"{first.path} and {other.path} are shards of different runs: the {what} is "
                f"{words} and {other.alike[what]}"
            )
    if _number(first.run) == _number(other.run):
        raise UsageError(f"{first.path} and {other.path} are both shard {first.run.settings.shard}")
    if _plan(first.run) != _plan(other.run):
        raise UsageError(
            f"{first.path} and {other.path} are shards of different plans: options differ"
        )


def _plan(run: Run) -> list[tuple[str, int, int]]:
    """Return what shards must have divided alike.

    That is all but cases that a machine happens to have, and what one shard learns from the target.
    """
    parts: tuple[Part, ...] = (*run.parts, *run.elsewhere)
    return sorted(
        (one.id, one.workloads, len(one.choices))
        for one in parts
        if not one.path and one.family.fault is not Schedule
    )


def _add(merged: Run, run: Run) -> None:
    for name, findings in run.findings.items():
        merged.findings[name].merge(findings)
    merged.swept_violations |= run.swept_violations
    merged.parts_done += run.parts_done
    for of_all, of_one in (
        (merged.errors, run.errors),
        (merged.target_errors, run.target_errors),
        (merged.unwritten, run.unwritten),
        (merged.left_out, run.left_out),
    ):
        of_all.extend(words for words in of_one if words not in of_all)


def _tell_an_interruption(run: Run, what: str) -> None:
    if run.interrupted:
        run.interrupted = False
        done = f"{run.parts_done} of {len(run.parts)} parts"
        run.errors.append(f"{what} was interrupted when {done} were done")


def _platforms(runs: Iterable[Run]) -> str:
    return "; ".join(dict.fromkeys(run.origin["platform"] for run in runs))


def _spent(runs: Sequence[Run], of: int) -> str:
    longest = max(run.seconds for run in runs)
    return f"merged from {len(runs)} of {of} shards, the longest of which took {longest:.1f} s"


def _lacking(missing: Sequence[int], of: int, parts: int) -> str:
    named = ", ".join(f"{number}/{of}" for number in missing)
    many = f"shards {named} are" if len(missing) > 1 else f"shard {named} is"
    return f"{many} missing, with {parts} part{'s' if parts != 1 else ''} of the plan"
