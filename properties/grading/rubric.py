"""A rubric: the stages of a grade, their points, and which cells of the grid each looks at."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from properties.model.levels import LEVELS, Level
from properties.model.role import Role
from properties.model.target_spec import RoleName
from properties.roles import ROLES
from properties.running.errors import UsageError
from properties.running.toml_tables import tables_in
from properties.services.toml_file import read_toml

READY = Path(__file__).parent / "rubric.toml"
"""The rubric that comes with anechoic."""

SERVER: Role = ROLES[RoleName.SERVER]

CREDIT = ("all", "each")
DOUBT = ("points", "excluded")
VISIBILITY = ("visible", "hidden", "after_due_date", "after_published")
"""The values of the keys with these names; the last are those of Gradescope."""

MOST_POINTS = 1_000_000

BOUNDS = {"seconds": (1, 86_400), "processes": (16, 100_000), "memory": (16, 1 << 20)}
"""The least and the greatest value of a number at the top."""


@dataclass(frozen=True)
class Stage:
    """One stage: points for cells of the grid, each a fault family and an invariant.

    A violation costs from `level` on. `credit`: with "all" one violation costs all points, with
    "each" every cell has its part of them. `doubt` says what cells are worth that stayed
    undecided: their "points", or they are "excluded" from the maximum. `needs` are stages without
    which this one has no points. `message` is for the student who loses some.
    """

    name: str
    points: float
    families: tuple[str, ...]
    invariants: tuple[str, ...]
    level: Level = Level.MUST
    credit: str = "all"
    doubt: str = "points"
    needs: tuple[str, ...] = ()
    message: str = ""
    visibility: str = "visible"

    @property
    def cells(self) -> list[tuple[str, str]]:
        """The cells that it looks at: pairs of a fault family and an invariant."""
        return [(family, name) for family in self.families for name in self.invariants]


@dataclass(frozen=True)
class Rubric:
    """All stages, in their order. `seconds` may a check take before it is ended.

    `processes`, threads included, and `memory`, in MiB, are the bounds of a submission.
    """

    stages: tuple[Stage, ...]
    title: str = ""
    seconds: float = 300.0
    processes: int = 256
    memory: int = 512

    @property
    def families(self) -> list[str]:
        """The fault families that are tried, each once."""
        return list(dict.fromkeys(name for stage in self.stages for name in stage.families))


@dataclass(frozen=True)
class _Key:
    """A key of a rubric: the type of its value, in words, and the values that it may have."""

    kind: type | tuple[type, ...]
    words: str
    values: tuple[str, ...] = ()


def _text(*values: str) -> _Key:
    return _Key(str, "text in quotes", values)


_LIST = _Key(list, "a list of names in quotes")
_POINTS = _Key((int, float), "a number")
_NUMBER = _Key(int, "a whole number")

OF_A_RUBRIC: dict[str, _Key] = {
    "title": _text(),
    "seconds": _NUMBER,
    "processes": _NUMBER,
    "memory": _NUMBER,
    "level": _text(*LEVELS),
    "credit": _text(*CREDIT),
    "doubt": _text(*DOUBT),
    "visibility": _text(*VISIBILITY),
}
"""The keys at the top. The last four are for all stages that do not say otherwise."""

OF_A_STAGE: dict[str, _Key] = {
    "name": _text(),
    "points": _POINTS,
    "families": _LIST,
    "invariants": _LIST,
    "needs": _LIST,
    "message": _text(),
    **{name: OF_A_RUBRIC[name] for name in ("level", "credit", "doubt", "visibility")},
}
"""The keys of a stage; the first four must be there."""

REQUIRED = ("name", "points", "families", "invariants")
FOR_ALL = ("level", "credit", "doubt", "visibility")


def read(path: Path) -> Rubric:
    """Return the rubric in a TOML file. Raises UsageError."""
    data = read_toml(path, UsageError)
    tables = tables_in(path, data, "stage", "stage")
    _require_values(data, OF_A_RUBRIC, str(path))
    for_all = {name: data[name] for name in FOR_ALL if name in data}
    stages: list[Stage] = []
    for where, table in tables:
        stages.append(_stage({**for_all, **table}, where, stages))
    if not stages:
        raise UsageError(f"{path}: write each stage as a table [[stage]]; there is none")
    if not sum(stage.points for stage in stages):
        raise UsageError(f"{path}: all stages have 0 points")
    numbers = {name: data[name] for name in BOUNDS if name in data}
    for name, number in numbers.items():
        least, most = BOUNDS[name]
        if not least <= number <= most:
            words = f"must be a number from {least:,} to {most:,}"
            raise UsageError(f"{path}: {name} = {number} {words}")
    return Rubric(tuple(stages), data.get("title", ""), **numbers)


def _stage(table: dict[str, Any], where: str, before: list[Stage]) -> Stage:
    for key in REQUIRED:
        if key not in table:
            raise UsageError(f"{where}: {key} is missing")
    _require_values(table, OF_A_STAGE, where)
    lists = {key: tuple(table.get(key, ())) for key in ("families", "invariants", "needs")}
    values: dict[str, Any] = {**table, **lists}
    values["level"] = LEVELS[table.get("level", Level.MUST.word)]
    stage = Stage(**values)
    _require_names(stage, where, [one.name for one in before])
    if not 0 <= stage.points <= MOST_POINTS:
        raise UsageError(f"{where}: points = {stage.points} must be from 0 to {MOST_POINTS:,}")
    return stage


def _require_values(table: dict[str, Any], known: dict[str, _Key], where: str) -> None:
    for key, value in table.items():
        if key not in known:
            raise UsageError(f"{where}: there is no {key!r}; known are {', '.join(known)}")
        wanted = known[key]
        is_list_of_names = not isinstance(value, list) or all(isinstance(one, str) for one in value)
        if not isinstance(value, wanted.kind) or isinstance(value, bool) or not is_list_of_names:
            raise UsageError(f"{where}: {key} = {value!r} must be {wanted.words}")
        if wanted.values and value not in wanted.values:
            words = ", ".join(wanted.values)
            raise UsageError(f"{where}: {key} = {value!r} must be one of {words}")


def _require_names(stage: Stage, where: str, before: list[str]) -> None:
    """Check that all that a stage names exists. Raises UsageError."""
    families = [family.name for family in SERVER.families]
    invariants = [invariant.id for invariant in SERVER.invariants]
    for key, names, known in (
        ("families", stage.families, families),
        ("invariants", stage.invariants, invariants),
        ("needs", stage.needs, before),
    ):
        for name in names:
            if name not in known:
                words = ", ".join(known) or "none"
                which = "stage before it" if key == "needs" else "such name"
                raise UsageError(f"{where}: {key}: no {which}: {name!r}; there are {words}")
            if names.count(name) > 1:
                raise UsageError(f"{where}: {key}: {name!r} is named twice; name it once")
    if not stage.cells:
        raise UsageError(f"{where}: name at least one of families and of invariants")
    if not stage.name or stage.name in before:
        raise UsageError(f"{where}: name = {stage.name!r} must be a name of its own")
