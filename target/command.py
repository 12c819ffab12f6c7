"""Command lines of targets: how they are written, split and filled in."""

import re
import shlex
import sys
from dataclasses import dataclass

from target.errors import TargetError

SERV_PORT = 9877
"""The port of the book's examples (UNP, unp.h)."""

_PLACE = re.compile(r"\{(host|port)\}")


@dataclass(frozen=True)
class Command:
    """A command as words, in which `{host}` and `{port}` are filled in. It never sees a shell."""

    words: tuple[str, ...]

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
        return [_PLACE.sub(lambda match: values[match[1]], word) for word in self.words]

    @property
    def names_a_port(self) -> bool:
        """Whether the port can be chosen."""
        return any("{port}" in word for word in self.words)

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
