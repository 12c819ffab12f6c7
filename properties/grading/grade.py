"""From what a check has found to points: a pure function, the same for the same findings."""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field

from properties.cases.case import Case
from properties.grading.rubric import Rubric, Stage
from properties.model.levels import Level
from properties.model.verdict import Outcome
from properties.search.attribution import CONTROL, SHOWS_WITHOUT
from properties.search.cells import Cell

CellAt = Callable[[str, str], Cell]
"""Returns the cell of a fault family and an invariant."""

ALL_HELD = "held"
LOST = "lost"
DOUBTFUL = "in doubt"
UNMET = "needs another stage"
NOT_SERVED = "the program could not be tested"
UNFINISHED = "not tried to its end"
"""The status of a stage."""

MISSED = (LOST, UNMET)

TOLD_OF_CONTROL = (Outcome.NOT_APPLICABLE, SHOWS_WITHOUT)


@dataclass(frozen=True)
class Loss:
    """A violation that costs points, with its smallest case."""

    family: str
    invariant: str
    level: Level
    reason: str
    case: Case | None = None


@dataclass(frozen=True)
class Undecided:
    """A cell without a verdict: `outcome` is inconclusive or not applicable, and why."""

    family: str
    invariant: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True)
class StageGrade:
    """The points of one stage, of `maximum`. `unmet` are stages that it needs, which have none."""

    stage: Stage
    score: float
    maximum: float
    status: str
    losses: tuple[Loss, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    unmet: tuple[str, ...] = ()

    @property
    def was_judged(self) -> bool:
        """Whether any of its cells has a verdict."""
        return len(self.undecided) < len(self.stage.cells)

    @property
    def in_doubt(self) -> tuple[Undecided, ...]:
        """What stayed inconclusive: a person has to look at it."""
        return tuple(one for one in self.undecided if one.outcome is Outcome.INCONCLUSIVE)


@dataclass(frozen=True)
class Grade:
    """All stages. `problem` is why the program could not be tested at all, "" where it was.

    `partial`: the check was interrupted, and stages that were not tried to their ends have no
    points.
    """

    rubric: Rubric
    stages: tuple[StageGrade, ...]
    problem: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = field(default=())
    partial: bool = False

    @property
    def score(self) -> float:
        """All points."""
        return round(sum(one.score for one in self.stages), 2)

    @property
    def maximum(self) -> float:
        """All points that there are, without those of stages that were excluded."""
        return round(sum(one.maximum for one in self.stages), 2)

    @property
    def in_doubt(self) -> list[StageGrade]:
        """The stages of which something stayed inconclusive."""
        return [one for one in self.stages if one.in_doubt]


def graded(
    rubric: Rubric,
    cell_at: CellAt,
    not_started: Mapping[str, str] | None = None,
    unfinished: Set[str] = frozenset(),
) -> tuple[StageGrade, ...]:
    """Return the points of each stage.

    `not_started` are the fault families for which the program could not be started, and why,
    `unfinished` those that were not tried to their ends.
    """
    done: list[StageGrade] = []
    grid = _Grid(cell_at, _levels_of(rubric))
    for stage in rubric.stages:
        unmet = tuple(name for name in stage.needs if name in missed(done))
        one = _of_stage(stage, grid, unmet, not_started or {})
        if one.status in (ALL_HELD, DOUBTFUL) and unfinished & {*stage.families}:
            one = StageGrade(stage, 0.0, stage.points, UNFINISHED)
        done.append(one)
    return tuple(done)


def missed(done: Iterable[StageGrade]) -> set[str]:
    """Return the names of the stages without points, which others may need."""
    return {one.stage.name for one in done if one.status in MISSED and not one.score}


def nothing(rubric: Rubric) -> tuple[StageGrade, ...]:
    """Return no points for any stage: the program does not serve at all."""
    return tuple(StageGrade(stage, 0.0, stage.points, NOT_SERVED) for stage in rubric.stages)


def _of_stage(
    stage: Stage, grid: "_Grid", unmet: tuple[str, ...], not_started: Mapping[str, str]
) -> StageGrade:
    if unmet:
        return StageGrade(stage, 0.0, stage.points, UNMET, unmet=unmet)
    if without := [name for name in stage.families if name in not_started]:
        losses = tuple(
            Loss(name, one, Level.MUST, not_started[name])
            for name in without
            for one in stage.invariants
        )
        return StageGrade(stage, 0.0, stage.points, LOST, losses)
    cells = {place: grid.cell_at(*place) for place in stage.cells}
    failing = {place: cell for place, cell in cells.items() if cell.fails(stage.level)}
    told = {place for place in failing if _is_told_of_control(place, stage, grid)}
    lost = {place: cell for place, cell in failing.items() if place not in told}
    undecided = tuple(
        Undecided(*place, *(TOLD_OF_CONTROL if place in told else _why_undecided(cell)))
        for place, cell in cells.items()
        if place in told or (place not in lost and not _is_decided(cell))
    )
    losses = tuple(_loss(*place, cell) for place, cell in lost.items())
    held = len(cells) - len(lost) - len(undecided)
    score, maximum = _points(stage, held, len(lost), len(undecided))
    status = LOST if lost else ALL_HELD if held else DOUBTFUL
    return StageGrade(stage, score, maximum, status, losses, undecided)


@dataclass(frozen=True)
class _Grid:
    """The cells of a check, and from which level on each costs points where a stage looks at it."""

    cell_at: CellAt
    levels: Mapping[tuple[str, str], Level]


def _levels_of(rubric: Rubric) -> dict[tuple[str, str], Level]:
    """Return the weakest level that costs points, by the cells that any stage looks at."""
    levels: dict[tuple[str, str], Level] = {}
    for stage in rubric.stages:
        for place in stage.cells:
            levels[place] = min(stage.level, levels.get(place, stage.level))
    return levels


def _is_told_of_control(place: tuple[str, str], stage: Stage, grid: _Grid) -> bool:
    """Return whether a violation shows without the fault as well, and costs points there.

    The search finds that out for most, as far as its time goes. A grade does not depend on it.
    """
    family, invariant = place
    level = grid.levels.get((CONTROL, invariant))
    if family == CONTROL or level is None:
        return False
    # One that is weaker than this stage asks for is another violation.
    return grid.cell_at(CONTROL, invariant).fails(max(level, stage.level))


def _points(stage: Stage, held: int, lost: int, undecided: int) -> tuple[float, float]:
    """Return the score of a stage and its maximum."""
    if stage.doubt == "points":
        held += undecided
    if not held + lost:
        return 0.0, 0.0
    if stage.credit == "all":
        return (0.0 if lost else stage.points), stage.points
    return round(stage.points * held / (held + lost), 2), stage.points


def _is_decided(cell: Cell) -> bool:
    """Return whether a cell without a violation that costs points says that there is none."""
    if cell.counts.get(Outcome.INCONCLUSIVE.value):
        return False
    return bool(cell.counts.keys() & {Outcome.PASS.value, Outcome.FAIL.value})


def _why_undecided(cell: Cell) -> tuple[Outcome, str]:
    inconclusive = Outcome.INCONCLUSIVE.value
    if reason := cell.reasons.get(inconclusive):
        return Outcome.INCONCLUSIVE, reason
    return cell.outcome, cell.reason


def _loss(family: str, invariant: str, cell: Cell) -> Loss:
    case = cell.failure.case if cell.failure is not None else None
    return Loss(family, invariant, cell.level or Level.MUST, cell.reason, case)
