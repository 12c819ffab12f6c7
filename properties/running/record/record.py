"""The record of a run: all of it as JSON data, so that `anechoic merge` makes a run of it again."""

from dataclasses import asdict
from typing import Any

from properties.running.plan import Part
from properties.running.run import Run
from properties.services.registry import name_of

FORMAT = 1
"""Increased when a record of an older anechoic can no longer be read."""


def record_of(run: Run) -> dict[str, Any]:
    """Return a run as JSON data."""
    settings = run.settings
    return {
        "format": FORMAT,
        **run.origin,
        "role": settings.role.name.value,
        "target": str(settings.target),
        "words": list(settings.target.words) if settings.target.words else None,
        "host": settings.target.host,
        "port": settings.target.port,
        "service": name_of(settings.rules.service),
        "seed": settings.seed,
        "level": settings.level.word,
        "exhaustive": settings.exhaustive,
        "shard": vars(settings.shard) if settings.shard else None,
        "families": [family.name for family in settings.families],
        "invariants": [invariant.id for invariant in run.invariants],
        "baseline": _baseline_of(run),
        "parts": [_part(part) for part in run.parts],
        "elsewhere": [_part(part) for part in run.elsewhere],
        "findings": [findings.as_data() for findings in run.findings.values()],
        "swept_violations": sorted(map(list, run.swept_violations)),
        "parts_done": run.parts_done,
        "interrupted": run.interrupted,
        "seconds": round(run.seconds, 3),
        "errors": run.errors,
        "target_errors": run.target_errors,
        "unwritten": run.unwritten,
        "left_out": run.left_out,
    }


def _baseline_of(run: Run) -> dict[str, Any]:
    baseline = run.settings.baseline
    known = [
        {**asdict(one), "level": one.level.word if one.level else None} for one in baseline.known
    ]
    return {"path": baseline.path, "known": known}


def _part(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind.value,
        "id": part.id,
        "family": part.family.name,
        "workloads": part.workloads,
        "is_known": part.case is not None,
        "choices": [[one.group, one.value] for one in part.choices],
    }
