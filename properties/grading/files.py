"""A grade as data: our own JSON object, and the results.json of Gradescope.

https://gradescope-autograders.readthedocs.io/en/latest/specs/ describes the latter.
"""

import json
from collections.abc import Callable
from typing import Any

from properties.cases.case import case_as_data
from properties.grading.grade import Grade, Loss, StageGrade, Undecided
from properties.grading.text import of_stage
from properties.reports.terminal import Terminal
from target.foreign_text import harmless_lines

WIDTH = 100
"""Columns of what Gradescope shows."""


def as_json(grade: Grade) -> str:
    """Return the object that `--json` writes."""
    data = {
        "title": grade.rubric.title,
        "score": grade.score,
        "max_score": grade.maximum,
        "problem": grade.problem or None,
        "partial": grade.partial,
        "in_doubt": [one.stage.name for one in grade.in_doubt],
        "seconds": round(grade.seconds, 3),
        "notes": list(grade.notes),
        "stages": [_stage(one) for one in grade.stages],
    }
    return json.dumps(data, indent=2) + "\n"


def _stage(one: StageGrade) -> dict[str, Any]:
    return {
        "name": one.stage.name,
        "score": one.score,
        "max_score": one.maximum,
        "status": one.status,
        "needs": list(one.unmet),
        "losses": [_loss(loss) for loss in one.losses],
        "undecided": [_undecided(doubt) for doubt in one.undecided],
    }


def _loss(loss: Loss) -> dict[str, Any]:
    return {
        "fault": loss.family,
        "invariant": loss.invariant,
        "level": loss.level.word,
        "reason": loss.reason,
        "case": case_as_data(loss.case) if loss.case is not None else None,
    }


def _undecided(doubt: Undecided) -> dict[str, Any]:
    return {
        "fault": doubt.family,
        "invariant": doubt.invariant,
        "verdict": doubt.outcome.value,
        "reason": doubt.reason,
    }


def as_gradescope(grade: Grade) -> str:
    """Return the object that Gradescope reads."""
    data = {
        "score": grade.score,
        "execution_time": round(grade.seconds),
        "output": harmless_lines(grade.problem or _summary(grade)),
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "tests": [_test(one) for one in grade.stages],
        "extra_data": {"in_doubt": [one.stage.name for one in grade.in_doubt]},
    }
    return json.dumps(data, indent=2) + "\n"


def _test(one: StageGrade) -> dict[str, Any]:
    lines = list(of_stage(one, Terminal.nowhere()))[1:]
    return {
        "name": one.stage.name,
        "score": one.score,
        "max_score": one.maximum,
        "status": "passed" if one.score == one.maximum else "failed",
        "output": harmless_lines("\n".join(lines)),
        "output_format": "text",
        "visibility": one.stage.visibility,
    }


def _summary(grade: Grade) -> str:
    doubts = ", ".join(one.stage.name for one in grade.in_doubt)
    words = f"{grade.score:g} of {grade.maximum:g}"
    return f"{words}; in doubt, to be looked at by a person: {doubts}" if doubts else words


GRADESCOPE = "--gradescope"

WRITERS: dict[str, Callable[[Grade], str]] = {"--json": as_json, GRADESCOPE: as_gradescope}
"""What is written, by the option that names its file."""
