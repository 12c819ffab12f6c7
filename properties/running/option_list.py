"""The options of a run as data: one field each, with its flag and its help.

The command line, the pytest plugin and the checkout's short names are made of this list. Imports
nothing of ours: it is loaded in every run of pytest on a machine where anechoic is installed.
"""

from dataclasses import dataclass, field, fields
from typing import Any

PREFIX = "anechoic"
"""The prefix of every option's name in pytest, and of every attribute that holds one."""


def _option(
    text: str,
    *,
    command_line: bool = True,
    pytest: bool = True,
    alias: str | None = None,
    **settings: Any,
) -> Any:
    """Return a field: its help, the arguments of `add_argument`, and where the option exists.

    `alias` is another name for it on the command line.
    """
    settings = {"help": text, "default": None, **settings}
    metadata = {
        "settings": settings,
        "command_line": command_line,
        "pytest": pytest,
        "alias": alias,
    }
    return field(default=settings["default"], metadata=metadata)


@dataclass(frozen=True)
class Options:
    """The options as the user has given them, not checked yet. None: not given."""

    server: str | None = _option(
        "the command of the server under test; {host} and {port} are filled in "
        "(default: the bundled reference server)",
        metavar="COMMAND",
    )
    client: str | None = _option(
        "test a client: its command, with {host} and {port} for the server that anechoic provides "
        "(default: the bundled reference client)",
        metavar="COMMAND",
        nargs="?",
        const="",
    )
    address: str | None = _option(
        "test a server that is already running; what needs a look at its processes is "
        "not applicable then",
        metavar="HOST:PORT",
    )
    port: int | None = _option(
        "the port on which the command listens, when it cannot be chosen with {port}",
        metavar="N",
        type=int,
    )
    host: str | None = _option(
        "the address that is filled in for {host} and connected to (default: 127.0.0.1)",
        metavar="ADDRESS",
    )
    network: str = _option(
        "where the command runs: own, a private network for which no privileges are needed, or "
        "host, this machine's, for a target that listens elsewhere or needs what is there; wire is "
        "own, with its peers on another host (default: own, where one can be made)",
        metavar="own|wire|host",
        choices=("own", "wire", "host"),
        default="own",
        pytest=False,
    )
    cwd: str | None = _option("start the command in this folder", metavar="DIR")
    env: list[str] | None = _option(
        "start the command with this variable; may be given several times",
        metavar="NAME=VALUE",
        action="append",
    )
    stdin: str | None = _option(
        "the standard input of a server: null ends at once, open never does (default: null)",
        metavar="open|null",
        choices=("open", "null"),
    )
    start_timeout: float | None = _option(
        "seconds that a server may take before it listens (default: 10, and longer while it "
        "computes)",
        metavar="SECONDS",
        type=float,
    )
    fault: list[str] | None = _option(
        "run only this fault family; may be given several times (default: all)",
        metavar="NAME",
        action="append",
    )
    max_examples: int | None = _option(
        "workloads that are drawn for each fault family (default: 16, and 8 at the exact system "
        "call)",
        metavar="N",
        type=int,
    )
    no_sweep: bool = _option(
        "do not try each finite choice (errors, signals, moments, lengths) once besides",
        action="store_true",
        default=False,
    )
    sweep: bool = _option(
        "fail each call that one exchange makes with each error that it may report, once and for "
        "good, and try nothing else",
        pytest=False,
        action="store_true",
        default=False,
    )
    quick: bool = _option(
        "a first answer in seconds: the choices that matter most, and a quarter of the drawn "
        "workloads; says what is left out",
        pytest=False,
        action="store_true",
        default=False,
    )
    max_time: str | None = _option(
        "go on for so long, 90s, 10m or 2h, instead of for a number of workloads",
        metavar="TIME",
        pytest=False,
    )
    workers: str | None = _option(
        "processes that run workloads at the same time (default: one for each core that may be "
        "used, four for a client, more where a server leaves the cores idle; one for --address)",
        metavar="N",
        alias="-n",
        pytest=False,
    )
    seed: int | None = _option(
        "the number that all workloads follow from (default: another one each time; it is printed)",
        metavar="N",
        type=int,
    )
    shard: str | None = _option(
        "run the Kth of N shares of the plan, for N machines; the seed is 0 unless one is given; "
        "anechoic merge joins the results",
        metavar="K/N",
    )
    patience: float = _option(
        "seconds to wait where it is unknown whether anything will come (default: 10)",
        metavar="SECONDS",
        type=float,
        default=10.0,
    )
    max_connections: int | None = _option(
        "the server serves at most N clients at once: keep the workloads within that",
        metavar="N",
        type=int,
    )
    max_rate: float | None = _option(
        "the server accepts at most R connections a second: connect no faster",
        metavar="R",
        type=float,
    )
    signal: list[str] | None = _option(
        "send this signal where the target catches it, without having tried whether it is an order "
        "to it; may be given several times",
        metavar="NAME",
        action="append",
    )
    no_signal: list[str] | None = _option(
        "never send this signal; may be given several times", metavar="NAME", action="append"
    )
    service: str | None = _option(
        "the service that the target provides: a name, FILE.toml or MODULE:OBJECT (default: echo)",
        metavar="NAME",
    )
    eof_report: str | None = _option(
        "what a client prints, or how it ends, when the server has ended too early: a regular "
        "expression for its standard error, with 'exited with status N' after it",
        metavar="REGEX",
    )
    reset_report: str | None = _option("the same for a connection that was reset", metavar="REGEX")
    unreachable_report: str | None = _option(
        "the same for a server that cannot be reached any more", metavar="REGEX"
    )
    expect: str | None = _option(
        "known violations, in a TOML file: they are shown but do not fail the run; new ones fail "
        "it, and so does a known one that no longer shows",
        metavar="FILE",
    )
    level: str = _option(
        "the weakest requirement whose violation fails the run: must, should or may (default: "
        "must); weaker ones are shown as warn or note",
        metavar="LEVEL",
        default="must",
    )
    json: str | None = _option("write the result to FILE as one JSON object", metavar="FILE")
    html: str | None = _option(
        "write the result to FILE as a page to look at: the grid, and each failure with its figure",
        metavar="FILE",
    )
    markdown: str | None = _option("write a summary to FILE, for a CI job", metavar="FILE")
    write: list[str] | None = _option(
        "write the result to FILE in the format of its suffix, .json, .html or .md; may be given "
        "several times",
        metavar="FILE",
        action="append",
    )
    jsonl: str | None = _option(
        "write what happens to FILE as it happens, one JSON object a line (docs/events.md); "
        "- is standard output",
        metavar="FILE",
    )
    cases: str | None = _option(
        "keep cases in DIR, and try those of earlier runs in it (default: .anechoic/cases)",
        metavar="DIR",
    )
    fail_fast: bool = _option(
        "stop within seconds of the first violation, with the smallest case that is known by then",
        pytest=False,
        action="store_true",
        default=False,
    )
    replay: list[str] | None = _option(
        "run this saved case again, and nothing else; may be given several times",
        command_line=False,
        metavar="CASE",
        action="append",
    )
    trust: bool = _option(
        "replay cases that were not made here on the commands that they name",
        command_line=False,
        action="store_true",
        default=False,
    )
    times: int | None = _option(
        "how often to run each replayed case (default: until it fails, or often enough to call it "
        "fixed)",
        command_line=False,
        metavar="N",
        type=int,
    )


@dataclass(frozen=True)
class Flag:
    """How an option is declared: its short and its prefixed name, and `add_argument`'s arguments.

    `name` is the field of Options; `settings` stores the value under a prefixed name.
    """

    name: str
    settings: dict[str, Any]
    command_line: bool
    pytest: bool
    alias: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All its names on our own command line."""
        return (self.short,) if self.alias is None else (self.alias, self.short)

    @property
    def short(self) -> str:
        """The name on our own command line: --max-examples."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def prefixed(self) -> str:
        """The name in pytest: --anechoic-max-examples."""
        return f"--{PREFIX}{self.short[1:]}"

    @property
    def destination(self) -> str:
        """The attribute that a parser stores it under."""
        return f"{PREFIX}_{self.name}"


FLAGS: tuple[Flag, ...] = tuple(
    Flag(
        one.name,
        {"dest": f"{PREFIX}_{one.name}", **one.metadata["settings"]},
        one.metadata["command_line"],
        one.metadata["pytest"],
        one.metadata["alias"],
    )
    for one in fields(Options)
)
"""All options, in the order in which --help shows them."""


def options_in(namespace: Any) -> Options:
    """Return the options that a parser has stored; those that it does not know are not given."""
    stored = vars(namespace)
    return Options(
        **{flag.name: stored[flag.destination] for flag in FLAGS if flag.destination in stored}
    )


def flag_of(name: str) -> Flag:
    """Return the flag of a field of Options. Raises StopIteration when there is none."""
    return next(flag for flag in FLAGS if flag.name == name)
