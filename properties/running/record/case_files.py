"""The case files of a run: the first of each violation, and smaller ones in their place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from properties.cases.case import write_case, write_first_case
from properties.cases.shared_folder import Identity, identity_of, remove_own
from properties.model.levels import Level
from properties.search.cells import Failure
from properties.search.findings import Findings, Measured, measured

Named = tuple[str, Failure]
"""A violation with the name of its invariant."""


@dataclass
class CaseFiles:
    """Writes cases to `folder`; `unwritten` gets why one could not be kept, each reason once."""

    folder: Path
    unwritten: list[str]
    _met: dict[str, Level] = field(default_factory=dict)
    """The invariants that were violated, as soon as that is known, with the strongest level."""
    _shrunk: set[Measured] = field(default_factory=set)
    """The smallest cases that are kept already, with their invariants and rates."""
    _replaced: dict[str, dict[str, Identity | None]] = field(default_factory=dict)
    """By invariant, the files of parts that went on: removed once there is a smaller one."""

    def first(self, findings: Findings) -> list[Named]:
        """Return invariants that were not violated so strongly before, and keep a case of each."""
        new = [
            (name, Failure(cell.failure.case, cell.failure.first_steps))
            for name, cell in findings.both()
            if cell.failure is not None and self._is_new(name, cell.failure.level)
        ]
        self._met.update({name: failure.level for name, failure in new})
        return self._with_files(new)

    def shrunk(self, findings: Findings) -> list[Named]:
        """Return violations that were not shrunk before, and keep the case of each."""
        new = [
            (name, Failure(failure.case, failure.first_steps))
            for name, failure in findings.shrunk()
            if measured(name, failure) not in self._shrunk
        ]
        self._shrunk.update(measured(*one) for one in new)
        return self._with_files(new)

    def keep(self, invariant: str, smallest: Sequence[Failure]) -> None:
        """Write the smallest violations of an invariant, once, and remove the larger ones."""
        for failure in smallest:
            if not failure.path:
                with self._telling():
                    failure.path = str(write_case(failure.case, self.folder))
        self._remove_others(invariant, {failure.path for failure in smallest})

    def remove_refuted(self, violated: Iterable[str]) -> None:
        """Remove the cases of all invariants but those that turned out to be violated."""
        for invariant in self._replaced.keys() - set(violated):
            _remove(self._replaced.pop(invariant))

    def _is_new(self, invariant: str, level: Level) -> bool:
        met = self._met.get(invariant)
        return met is None or met < level

    def _with_files(self, new: list[Named]) -> list[Named]:
        for name, failure in new:
            with self._telling():
                path, is_new = write_first_case(failure.case, self.folder)
                failure.path = str(path)
                if is_new:
                    self._replaced.setdefault(name, {})[failure.path] = identity_of(path)
        return new

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Note why a case cannot be kept."""
        try:
            yield
        except OSError as error:
            words = f"the case could not be kept: {error}"
            self.unwritten += [words] if words not in self.unwritten else []

    def _remove_others(self, invariant: str, kept: set[str]) -> None:
        first = self._replaced.get(invariant, {})
        others = {path: identity for path, identity in first.items() if path not in kept}
        if kept and "" not in kept and others:
            _remove(others)
            self._replaced[invariant] = {p: one for p, one in first.items() if p in kept}


def _remove(files: Mapping[str, Identity | None]) -> None:
    for path, identity in files.items():
        remove_own(path, identity)
