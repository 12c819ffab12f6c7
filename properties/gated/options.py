"""The options of `anechoic gate`. Imports nothing of weight: `--help` is quick."""

import argparse
from collections.abc import Sequence
from typing import Any

HELP = """\
Runs a command, a test suite for one, with its system calls behind a gate: one of them fails, moves
fewer bytes or is held, in any process that the command starts. All others go on as they are.

  anechoic gate --fail accept:ECONNABORTED --nth 2 -- pytest tests
  anechoic gate --fail fork:EAGAIN --program mine -- ctest
  anechoic gate --short read:1 --times always --program 'mine-*' -- cargo test
  anechoic gate --hold poll --until exit --program mine -- ./run-tests
  anechoic gate --list                      the calls, and what each may fail with

The report on standard error says which call was hit, of which process, and how that one ended.
"""

EXIT_STATUS = """\
exit status:
  that of the command; 128 and the number of the signal that has ended it
  3  the command ended with 0, but a rule never happened: that proves nothing
  2  the command line is at fault, or the command could not be started;
     or there can be no gate here, or the file of --json could not be written
"""

USAGE = "anechoic gate RULE [options] -- COMMAND"

RULES = ("fail", "short", "hold")
"""The options that begin a rule; those that follow belong to it."""


class InOrder(argparse.Action):
    """Keeps an option in the order in which all were given."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Append the option and its value; an option without one is true."""
        del parser, option_string
        value = True if self.nargs == 0 else values
        namespace.in_order = [*getattr(namespace, "in_order", []), (self.dest, value)]


def times(word: str) -> int:
    """Return a count, 0 for "always"."""
    if word == "always":
        return 0
    number = int(word)
    if number < 1:
        raise ValueError(word)
    return number


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.set_defaults(in_order=[])
    rules = parser.add_argument_group(
        "rules", "one or more; the options after a rule belong to it, those before it to all"
    )
    rules.add_argument(
        "--fail",
        action=InOrder,
        metavar="CALL:ERROR",
        help="the call fails, accept:ECONNABORTED for one",
    )
    rules.add_argument(
        "--short",
        action=InOrder,
        metavar="CALL:BYTES",
        help="a read or a write of a TCP connection moves at most so many bytes",
    )
    rules.add_argument(
        "--hold",
        action=InOrder,
        metavar="CALL",
        help="the call waits, for what --until or --signal say",
    )
    _add_which(parser.add_argument_group("which calls"))
    _add_hold(parser.add_argument_group("what ends a hold"))
    parser.add_argument(
        "--json", metavar="FILE", help="write the report to FILE as well, - is standard output"
    )
    parser.add_argument(
        "--list", action="store_true", help="list the calls and what each may fail with, and end"
    )


def _add_which(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--nth", action=InOrder, type=int, metavar="N", help="the first that is hit (default: 1)"
    )
    group.add_argument(
        "--times",
        action=InOrder,
        type=times,
        metavar="K|always",
        help="how many are hit, from that one on (default: 1)",
    )
    group.add_argument(
        "--per-process",
        action=InOrder,
        nargs=0,
        help="count in each process, and not over all of them",
    )
    group.add_argument(
        "--program",
        action=InOrder,
        metavar="NAME",
        help="only in processes of this program, 'mine-*' for one: not in the tests themselves",
    )
    group.add_argument(
        "--port",
        action=InOrder,
        type=int,
        metavar="N",
        help="only of sockets with this port, at either end",
    )
    group.add_argument(
        "--unlawful",
        action=InOrder,
        nargs=0,
        help="allow an error that the call never reports",
    )


def _add_hold(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--until",
        action=InOrder,
        metavar="CALL|exit",
        help="another process or thread makes this call; or a child of the process ends",
    )
    group.add_argument(
        "--signal",
        action=InOrder,
        metavar="NAME",
        help="the process is sent this signal while the call is held: SIGCHLD, SIGTERM, ...",
    )
    group.add_argument(
        "--patience",
        action=InOrder,
        type=float,
        metavar="SECONDS",
        help="the call goes on without that after this time (default: 10)",
    )
