"""The command lines of the bundled servers and clients: a host and a port.

By hand, because a run starts these programs some hundred times: argparse, and what it imports,
would be a fifth of each start.
"""

from __future__ import annotations

import sys

# The name is what type checkers look for; importing typing would cost each start 5 ms.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

HOST = "127.0.0.1"
SERV_PORT = 9877
"""The port of the book's examples (UNP, unp.h)."""


class CommandLine:
    """A command line that reports a mistake in one sentence and ends with status 2.

    `names` are those of the host and the port: options if they begin with dashes. `summary` is a
    docstring, of which `python -OO` leaves nothing.
    """

    def __init__(
        self, program: str, summary: str | None, example: str, names: tuple[str, str]
    ) -> None:
        self._program = program
        self._texts = ((summary or "").strip(), example)
        self._names = names

    def error(self, message: str) -> NoReturn:
        """Print what is wrong, without the usage that --help shows, and end with status 2."""
        sys.stderr.write(f"{self._program}: {message}\n")
        sys.exit(2)

    def address(self) -> tuple[str, int]:
        """Return the host and the port that were given, or the usual ones."""
        host, port = self._words()
        if not (port.isascii() and port.isdecimal() and len(port) < 6 and 1 <= int(port) <= 65535):
            reason = f"{port!r} is not a port (a whole number from 1 to 65535)"
            self.error(f"argument {self._names[1]}: {reason}")
        return host, int(port)

    def _words(self) -> tuple[str, str]:
        given = dict(zip(self._names, (HOST, str(SERV_PORT)), strict=True))
        places = iter([name for name in self._names if name[0] != "-"])
        words = sys.argv[1:]
        while words:
            word = words.pop(0)
            name, equals, value = word.partition("=")
            if word in ("-h", "--help"):
                self._help()
            elif name[:1] != "-" and (place := next(places, None)):
                given[place] = word
            elif name in given and name[0] == "-":
                if not equals and (not words or words[0][:1] == "-"):
                    self.error(f"argument {name}: expected one argument")
                given[name] = value if equals else words.pop(0)
            else:
                self.error(f"unrecognized arguments: {word or repr(word)}")
        host, port = self._names
        return given[host], given[port]

    def _help(self) -> NoReturn:
        host, port = (
            name if name[0] != "-" else f"{name} {name[2:].upper()}" for name in self._names
        )
        usage = f"usage: {self._program} [-h] [{host}] [{port}]"
        usual = f"By default it is {HOST}, port {SERV_PORT}; the host may be one of IPv6."
        sys.stdout.write("\n\n".join((usage, *self._texts, usual)) + "\n")
        sys.exit(0)
