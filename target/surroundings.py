"""What a target is started with besides its command line: folder, variables, input, time."""

import enum
import os
from dataclasses import dataclass
from pathlib import Path

from target.confinement import Confinement
from target.errors import TargetError
from target.inherited import NOTHING_UNUSUAL, Inherited


class Input(enum.Enum):
    """The standard input of a server; the values are those of `--stdin`."""

    NULL = "null"
    """It ends at once (/dev/null)."""
    OPEN = "open"
    """Nothing comes, and it does not end, as on a terminal at which nobody types."""


@dataclass(frozen=True)
class Surroundings:
    """What a command is started with.

    `folder` is its working directory, None for ours; `variables` are added to our environment.
    `start_timeout`: seconds that a server may take before it listens, None for the usual time.
    `inherited` is no option of the command line: a fault sets it. With `confined` it runs in a
    sandbox.
    """

    folder: str | None = None
    variables: tuple[tuple[str, str], ...] = ()
    input: Input = Input.NULL
    start_timeout: float | None = None
    inherited: Inherited = NOTHING_UNUSUAL
    confined: Confinement | None = None

    def working_directory(self) -> str:
        """Return the folder in which the command is started. Raises TargetError."""
        try:
            return os.getcwd() if self.folder is None else str(Path(self.folder).resolve())
        except OSError as error:
            raise TargetError(f"the current folder cannot be used: {error.strerror}") from None

    @property
    def words(self) -> list[str]:
        """Return the options of the command line that stand for it, those of start and time."""
        folder = [] if self.folder is None else [f"--cwd={self.folder}"]
        variables = [f"--env={name}={value}" for name, value in self.variables]
        return [*folder, *variables, *(["--stdin=open"] if self.input is Input.OPEN else [])]


USUAL = Surroundings()


def variables_of(settings: list[str]) -> tuple[tuple[str, str], ...]:
    """Return the variables that NAME=VALUE set; of one name the last. Raises TargetError."""
    found: dict[str, str] = {}
    for words in settings:
        name, equals, value = words.partition("=")
        if not name or not equals or "\0" in words:
            raise TargetError(f"--env {words!r}: write NAME=VALUE")
        found[name] = value
    return tuple(found.items())
