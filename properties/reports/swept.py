"""How much was done: the cells that were judged, and which finite choices were not tried."""

from collections import Counter
from collections.abc import Iterable, Iterator

from properties.model.sweep import (
    CANNOT_BE,
    IN_ANOTHER_SHARD,
    NOT_REACHED,
    PLAIN_FAILS,
    WITHOUT_A_TURN,
    Coverage,
)
from properties.reports.layout import wrapped
from properties.running.plan import drawn
from properties.running.run import Run


def lines(run: Run, width: int) -> Iterator[str]:
    """Return how many of each group were tried: "errors of accept 14 of 14"."""
    groups = {group: found for _, group, found in run.swept()}
    if not groups:
        return
    yield ""
    if run.settings.exhaustive:
        yield points(run)
    counts = (f"{group} {found.tried} of {found.of}" for group, found in groups.items())
    yield from wrapped("swept  ", ", ".join(counts), width)
    for group, found in groups.items():
        for why, values in _by_reason(found).items():
            yield from wrapped("not swept  ", f"{group}: {'; '.join(values)}: {why}", width)
    if reasons := _not_applicable(groups.values()):
        yield from wrapped("not applicable  ", reasons, width)
    yield from _without_a_turn(groups.values(), is_lost=run.lacks_shards)
    yield from _worth(run, width)


def _worth(run: Run, width: int) -> Iterator[str]:
    """Say what the schedules that were drawn are worth: the least bound of all scenes, no more."""
    found = drawn(run.settings, run.swept())
    shares = [scene.seen_with(missing) for scene, missing in found]
    depths = sorted({depth for share in shares for depth, least in share.items() if least})
    if depths:
        seen = ", ".join(
            f"of depth {depth} with at least {100 * min(one.get(depth, 0) for one in shares):.4g} %"
            for depth in depths
        )
        actors = max(scene.actors for scene, _ in found)
        places = max(scene.places for scene, _ in found)
        words = (
            f"in each of {len(found)} scenes, of up to {actors} actors and {places} places, the "
            f"drawn schedules would have shown a mistake {seen}"
        )
        yield from wrapped("worth  ", words, width)


def points(run: Run) -> str:
    """Return how many points of a sweep of all calls were tried, and how many findings it has."""
    found = [coverage for _, _, coverage in run.swept()]
    tried, of = sum(one.tried for one in found), sum(one.of for one in found)
    findings = sum(len(run.smallest_failures(one.id)) for one in run.invariants)
    return f"{tried} of {of} points, {findings} finding{'s' if findings != 1 else ''}"


def _by_reason(found: Coverage) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for value, why in found.missing.items():
        if why not in WITHOUT_A_TURN and not why.startswith(CANNOT_BE):
            reasons.setdefault(why, []).append(value)
    return reasons


def _not_applicable(groups: Iterable[Coverage]) -> str:
    """Return why faults cannot happen at this target, each with the number of its choices.

    Not which they are: of a server without workers none can be killed, whatever else is chosen.
    """
    reasons = (why for found in groups for why in found.missing.values())
    counts = Counter(why.removeprefix(CANNOT_BE) for why in reasons if why.startswith(CANNOT_BE))
    return "; ".join(f"{why} ({count})" for why, count in counts.most_common())


def _without_a_turn(groups: Iterable[Coverage], *, is_lost: bool) -> Iterator[str]:
    """Say how many had no turn: the counts above show where, and a list would fill the screen."""
    found = list(groups)
    reasons = [why for one in found for why in one.missing.values()]
    of = sum(one.of for one in found)
    if others := reasons.count(IN_ANOTHER_SHARD):
        what, where = (
            ("not swept", f"{IN_ANOTHER_SHARD} that is missing")
            if is_lost
            else ("elsewhere", IN_ANOTHER_SHARD)
        )
        yield f"{what}  {others} of {of} choices: {where}"
    for why in (NOT_REACHED, PLAIN_FAILS):
        if count := reasons.count(why):
            yield f"not swept  {count} of {of} choices: {why}"


def shard_of(run: Run) -> str:
    """Return which shard of the plan a run is, in words, "" where it is the whole."""
    if run.settings.shard is None:
        return ""
    parts = len(run.parts)
    return f"shard {run.settings.shard}: {parts} of {parts + len(run.elsewhere)} parts"


def extent_of(run: Run) -> str:
    """Return how much of the grid was judged, by how many workloads and in what time, in words."""
    spent = f"{run.workloads} workloads in {run.seconds:.1f} s"
    cells = len(run.cells())
    return f"{run.judged} of {cells} cells judged by {spent}" if cells else spent
