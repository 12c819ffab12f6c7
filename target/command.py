"""Command lines of targets: how they are written, split and filled in."""

import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from target.errors import TargetError
from target.locales import with_english_messages
from target.own_variables import of_the_user
from target.surroundings import USUAL, Surroundings

_FOLDER = Path(__file__).resolve().parent

_PLACE = re.compile(r"\{(host|port|dir)\}")


@dataclass(frozen=True)
class Command:
    """A command as words, in which `{host}` and `{port}` are filled in. It runs without a shell.

    `surroundings` are what it is started with. For `{dir}` the keeper fills in a directory that is
    new for each start (`target.scratch`).
    """

    words: tuple[str, ...]
    surroundings: Surroundings = USUAL

    def __post_init__(self) -> None:
        """Raise TargetError for a command without a first word."""
        if not self.words or not self.words[0]:
            raise TargetError("the command is empty: give a program, such as './mine {port}'")

    @classmethod
    def split(cls, line: str) -> "Command":
        """Split a line into words as a shell does, quotes included."""
        try:
            return cls(tuple(shlex.split(line)))
        except ValueError as error:
            raise TargetError(f"the command {line!r} cannot be split: {error}") from None

    def filled(self, host: str, port: int) -> list[str]:
        """Return the words with `{host}` and `{port}` filled in; other braces are left alone."""
        values = {"host": host, "port": str(port)}
        return [
            _PLACE.sub(lambda match: values.get(match[1], match[0]), word) for word in self.words
        ]

    @property
    def names_a_host(self) -> bool:
        """Whether the address of the server can be chosen."""
        return any("{host}" in word for word in self.words)

    @property
    def names_a_port(self) -> bool:
        """Whether the port can be chosen."""
        return any("{port}" in word for word in self.words)

    def environment(self) -> dict[str, str]:
        """Return the variables that it is run with: the user's, and those of its surroundings.

        A module of this package that is run with our interpreter finds it first, also where the
        user has another package of the name `target` on the path.
        """
        ours = with_english_messages(of_the_user())
        environment = {**ours, **dict(self.surroundings.variables)}
        if self._runs_our_module:
            inherited = environment.get("PYTHONPATH")
            paths = [str(_FOLDER.parent), *([inherited] if inherited else [])]
            environment["PYTHONPATH"] = os.pathsep.join(paths)
        return environment

    @property
    def _runs_our_module(self) -> bool:
        program, *words = self.words
        if program != sys.executable or words[:2] != ["-P", "-m"] or len(words) < 3:
            return False
        package, _, module = words[2].partition(".")
        return package == _FOLDER.name and (_FOLDER / f"{module}.py").exists()

    def __str__(self) -> str:
        return " ".join(map(_quoted, self.words))


def _quoted(word: str) -> str:
    """Quote a word as a shell would need it, but leave the places to be filled in readable."""
    bare = _PLACE.sub("", word)
    return word if word and (not bare or shlex.quote(bare) == bare) else shlex.quote(word)


REFERENCE = Command(
    (sys.executable, "-P", "-m", "target.tcpserv04", "--host", "{host}", "--port", "{port}")
)
"""The bundled reference server."""

REFERENCE_CLIENT = Command((sys.executable, "-P", "-m", "target.tcpcli", "{host}", "{port}"))
"""The bundled reference client."""
