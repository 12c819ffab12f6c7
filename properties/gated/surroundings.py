"""What a gated command is started with: by default all that this process has itself."""

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from target.inherited import Inherited
from target.keeping import Kept
from target.own_variables import of_the_user

PYTHON_IGNORES = frozenset({signal.SIGPIPE, signal.SIGXFSZ})
"""Ignored by this interpreter, not by the user."""


class HasDescriptor(Protocol):
    """A file, a socket, a pipe."""

    def fileno(self) -> int:
        """Return its descriptor."""


Stream = int | HasDescriptor | None


@dataclass(frozen=True)
class Surroundings:
    """What a command gets: by default the environment, the folder and the streams of this process.

    Streams are descriptors, or files that have one.
    """

    env: Mapping[str, str] | None = None
    cwd: str | os.PathLike[str] | None = None
    stdin: Stream = None
    stdout: Stream = None
    stderr: Stream = None

    def start(self, words: Sequence[str], program: bytes) -> Kept:
        """Start a command behind a filter. Raises TargetError."""
        return Kept(
            words,
            of_the_user() if self.env is None else dict(self.env),
            os.fspath(self.cwd or os.getcwd()),
            [
                _descriptor(each, place)
                for place, each in enumerate((self.stdin, self.stdout, self.stderr))
            ],
            program,
            inherited=Inherited(ignored=_ignored()),
            as_it_is=True,
        )


AS_OURS = Surroundings()


def _descriptor(stream: Stream, default: int) -> int:
    if stream is None:
        return default
    return stream if isinstance(stream, int) else stream.fileno()


def _ignored() -> tuple[int, ...]:
    """Return the signals that this process was started with ignored, as nohup(1) does."""
    return tuple(
        int(number)
        for number in signal.valid_signals() - PYTHON_IGNORES
        if signal.getsignal(number) is signal.SIG_IGN
    )
