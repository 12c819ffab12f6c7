"""How long the whole command took until the shrunk case of each mutant, as last measured.

`python -m benchmarks.time_to_verdict --write` measures it and keeps it beside the table.
"""

import json
import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

MANNERS: Final = ("plain", "alarm", "waking")
"""As it is; with a handler of SIGALRM that never runs; with a thread that wakes twice a second."""


@dataclass
class Timings:
    """Seconds by manner and by mutant, None where it was not found."""

    by_manner: dict[str, dict[str, float | None]] = field(default_factory=dict)

    def note(self, manner: str, made: Mapping[str, float | None]) -> None:
        """Put these in, in the place of older ones."""
        rounded = {name: spent and round(spent, 1) for name, spent in made.items()}
        self.by_manner.setdefault(manner, {}).update(rounded)

    def cells_of(self, name: str) -> tuple[str, ...]:
        """Return a cell for each manner: seconds, `missed`, or nothing where it was not run."""
        return tuple(_cell(self.by_manner.get(manner, {}), name) for manner in MANNERS)

    def spreads(self, names: Iterable[str]) -> list[tuple[str, ...]]:
        """Return cells for each manner in which any of these mutants were run."""
        wanted, lines = list(names), list[tuple[str, ...]]()
        for manner in MANNERS:
            made = self.by_manner.get(manner, {})
            spent = [one for one in map(made.get, wanted) if one is not None]
            if spent:
                cells = (f"{one:.1f} s" for one in spread(spent))
                lines.append((manner, f"{len(spent)} of {len(wanted)}", *cells))
        return lines


def spread(spent: Iterable[float]) -> tuple[float, float, float]:
    """Return the median of some seconds, within how many 90 % are, and the longest."""
    in_order = sorted(spent)
    at_90 = math.ceil(len(in_order) * 9 / 10)
    return statistics.median(in_order), in_order[at_90 - 1], in_order[-1]


def _cell(made: Mapping[str, float | None], name: str) -> str:
    if name not in made:
        return ""
    spent = made[name]
    return "missed" if spent is None else f"{spent:.1f}"


def load_timings(path: Path) -> Timings:
    """Read what was measured before."""
    return Timings(json.loads(path.read_text(encoding="utf-8")) if path.exists() else {})


def save_timings(timings: Timings, path: Path) -> None:
    """Write what was measured, a mutant a line."""
    text = json.dumps(timings.by_manner, indent=1, sort_keys=True)
    path.write_text(f"{text}\n", encoding="utf-8")
