"""The suite's options as data, for pytest's parser and for the command line's. Imports nothing."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Option:
    """One option: its name and the arguments of `add_argument`."""

    name: str
    settings: dict[str, Any]

    @property
    def destination(self) -> str:
        """The attribute under which a parser stores it."""
        return str(self.settings["dest"])


def _option(name: str, dest: str, text: str, **settings: Any) -> Option:
    return Option(name, {"dest": dest, "help": text, "default": None, **settings})


SERVER = _option(
    "--server",
    "server",
    "the command of the server under test; {host} and {port} are filled in "
    "(default: the bundled reference server)",
    metavar="COMMAND",
)

OPTIONS = (
    SERVER,
    _option(
        "--client",
        "client",
        "test a client: its command, with {host} and {port} for the server that we play for it "
        "(default: the bundled reference client)",
        metavar="COMMAND",
        nargs="?",
        const="",
    ),
    _option(
        "--address",
        "address",
        "test a server that is already running; what needs a look at its processes is "
        "not applicable then",
        metavar="HOST:PORT",
    ),
    _option(
        "--port",
        "port",
        "the port on which the command listens, when it cannot be chosen with {port}",
        metavar="N",
        type=int,
    ),
    _option(
        "--host",
        "host",
        "the address that is filled in for {host} and connected to (default: 127.0.0.1)",
        metavar="ADDRESS",
        default="127.0.0.1",
    ),
    _option(
        "--fault",
        "fault",
        "run only this fault family; may be given several times (default: all)",
        metavar="NAME",
        action="append",
    ),
    _option(
        "--max-examples",
        "max_examples",
        "workloads for each fault family (default: 40, and 24 at the exact system call)",
        metavar="N",
        type=int,
    ),
    _option(
        "--seed",
        "anechoic_seed",
        "the number that all workloads follow from (default: another one each time; it is printed)",
        metavar="N",
        type=int,
    ),
    _option(
        "--patience",
        "patience",
        "seconds to wait where it cannot be told that nothing will come (default: 10)",
        metavar="SECONDS",
        type=float,
        default=10.0,
    ),
    _option(
        "--max-connections",
        "max_connections",
        "the server serves at most N clients at once: keep the workloads within that",
        metavar="N",
        type=int,
    ),
    _option(
        "--max-rate",
        "max_rate",
        "the server accepts at most R connections a second: connect no faster",
        metavar="R",
        type=float,
    ),
    _option(
        "--eof-report",
        "eof_report",
        "what a client says, or how it ends, when the server has ended too early: a regular "
        "expression for its standard error, with 'exited with status N' behind it",
        metavar="REGEX",
    ),
    _option(
        "--reset-report",
        "reset_report",
        "the same for a connection that was reset",
        metavar="REGEX",
    ),
    _option(
        "--expect",
        "expect",
        "known violations, in a TOML file: they are shown but do not fail the run; new ones do, "
        "and so does one that no longer shows",
        metavar="FILE",
    ),
    _option(
        "--json",
        "anechoic_json",
        "write the result to FILE as one JSON object",
        metavar="FILE",
    ),
    _option(
        "--html",
        "anechoic_html",
        "write the result to FILE as a page to look at: the grid, and each failure with its figure",
        metavar="FILE",
    ),
    _option(
        "--jsonl",
        "anechoic_jsonl",
        "write what happens to FILE as it happens, one JSON object a line (docs/events.md); "
        "- is standard output",
        metavar="FILE",
    ),
)

REPLAY_OPTIONS = (
    _option(
        "--replay",
        "anechoic_replay",
        "run this saved case again, and nothing else; may be given several times",
        metavar="CASE",
        action="append",
    ),
    _option(
        "--times",
        "anechoic_times",
        "how often to run each replayed case (default: until it fails, or often enough to call it "
        "fixed)",
        metavar="N",
        type=int,
    ),
)
"""What pytest can do besides: on the command line, `anechoic replay` is an action of its own."""
