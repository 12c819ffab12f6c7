"""The command line: `anechoic check`, `compare`, `replay`, `show` and `list`.

`check` runs the suite through pytest; what it does not know itself is handed on to pytest.
"""

import argparse
import os
import shlex
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from properties.comparison import options as comparison
from properties.option_list import OPTIONS
from properties.run import INTERRUPTED, ExitStatus, Run

if TYPE_CHECKING:
    from properties.reports.screen import Screen
    from properties.reports.stream import Stream

EXIT_STATUS = """\
exit status:
  0  the target conforms
  1  it violates an invariant
  2  the command line or the target is at fault: not found, ended at once, never listened
  3  nothing failed, but something stayed inconclusive
  130  it was interrupted (Ctrl-C, SIGTERM)
"""

Add = Callable[..., argparse.ArgumentParser]
"""`add_parser` of what an action is added to."""

CHECK = """\
Runs generated workloads with faults against an echo server, or an echo client, and judges what is
observed.

  anechoic check                                  the bundled reference server and client
  anechoic check -- ./mine --port {port}          a command; {host} and {port} are filled in
  anechoic check --port 9877 -- ./mine            a command with a fixed port
  anechoic check --address 127.0.0.1:7            a server that is already running
  anechoic check --client -- ./mine {host} {port} a client: anechoic plays its server
  anechoic check -n auto -- ./mine {port}         on all cores; options that are not listed here
                                                  (-n, -k, --junitxml, ...) are handed on to pytest
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    own, command = _split(list(sys.argv[1:] if arguments is None else arguments))
    parser = _parser()
    options, for_pytest = parser.parse_known_args(own)
    if options.action is None:
        parser.print_help()
        return ExitStatus.USAGE
    if options.action != "check" and for_pytest:
        parser.error(f"unrecognized arguments: {' '.join(for_pytest)}")
    if for_pytest and not for_pytest[0].startswith("-"):
        parser.error(f"what is {for_pytest[0]!r}? the command of a target goes behind --")
    if options.action in ("compare", "show", "list") and command:
        parser.error(f"{options.action} takes no command")
    try:
        return _run(options, for_pytest, command)
    except KeyboardInterrupt:
        print("anechoic: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.USAGE


def _run(options: argparse.Namespace, for_pytest: list[str], command: list[str]) -> int:
    if options.action == "list":
        return _list()
    if options.action == "check":
        return _check(options, for_pytest, command)
    if options.action == "compare":
        from properties.comparison.command import compare

        return compare(options)
    from properties import case_commands

    if options.action == "replay":
        return case_commands.replay(options, command)
    return case_commands.show(options)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in arguments:
        return arguments, []
    place = arguments.index("--")
    return arguments[:place], arguments[place + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="anechoic",
        description="Fault injection and property-based conformance tests for TCP echo servers and "
        "clients.",
        epilog="anechoic check --help shows how to test your own server.",
        allow_abbrev=False,
    )
    actions = parser.add_subparsers(dest="action", metavar="{check,compare,replay,show,list}")
    _add_check(actions.add_parser)
    _add_compare(actions.add_parser)
    _add_replay_and_show(actions.add_parser)
    actions.add_parser("list", help="list the fault families and the invariants")
    return parser


def _add_check(add: Add) -> None:
    check = add(
        "check",
        help="test a server or a client",
        description=CHECK,
        epilog=EXIT_STATUS,
        usage="anechoic check [options] [pytest's options] [-- COMMAND]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for option in OPTIONS:
        check.add_argument(option.name, **option.settings)
    check.add_argument(
        "--fail-fast", action="store_true", help="stop at the first violation, once it is shrunk"
    )


def _add_compare(add: Add) -> None:
    compared = add(
        "compare",
        help="test many servers and clients, side by side",
        description=comparison.HELP,
        epilog=EXIT_STATUS.replace("the target conforms", "all conform").replace(
            "it violates", "one violates"
        ),
        usage="anechoic compare [options] [FILE.toml]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    comparison.add_to(compared)


def _add_replay_and_show(add: Add) -> None:
    again = add(
        "replay",
        help="run a saved case again",
        description="Runs a saved case again, on the target it was found in or on another one.",
        epilog="answers STILL FAILS k/n (exit status 1), FIXED 0/n (0), or ERROR (2, or 3 in "
        "doubt)",
        usage="anechoic replay [--times N] [--port N] CASE [-- COMMAND]",
        allow_abbrev=False,
    )
    again.add_argument("case", metavar="CASE", help="a file from .anechoic/cases")
    again.add_argument(
        "--port", type=int, metavar="N", help="the port of a command that cannot be told another"
    )
    again.add_argument(
        "--times",
        type=int,
        metavar="N",
        help="how often to run it (default: until it fails, or often enough to call it fixed)",
    )
    shown = add(
        "show",
        help="show a saved case and its timeline",
        description="Shows a saved case: what was required, what was done, and as a timeline what "
        "was seen. Runs nothing.",
        epilog="exit status: 0, or 2 where the file is no case",
        usage="anechoic show [--svg FILE] CASE",
        allow_abbrev=False,
    )
    shown.add_argument("case", metavar="CASE", help="a file from .anechoic/cases")
    shown.add_argument("--svg", metavar="FILE", help="write the timeline to FILE as a figure")


def _list() -> int:
    from properties.role import ROLES

    for place, role in enumerate(ROLES.values()):
        if place:
            print()
        whose = f"of a {role.name.value}"
        print(f"fault families {whose}")
        for family in role.families:
            print(_row(family.name, family.section, family.summary))
        print(f"\ninvariants {whose}")
        for invariant in role.invariants:
            print(_row(invariant.id, invariant.section, invariant.requirement))
    return ExitStatus.CONFORMS


def _row(name: str, section: str, words: str) -> str:
    label = f"  {name:<23} {section:<10} "
    return textwrap.fill(words, 100, initial_indent=label, subsequent_indent=" " * len(label))


def _check(options: argparse.Namespace, for_pytest: list[str], command: list[str]) -> int:
    from properties.lifetime import end_on_sigterm
    from properties.preflight import Refusal
    from properties.reports.screen import Screen, complain
    from properties.reports.stream import Stream
    from properties.reports.written import require_writable

    end_on_sigterm()
    screen = Screen.of_its_own(elsewhere=options.anechoic_jsonl == "-")
    if options.anechoic_seed is None:
        options.anechoic_seed = int.from_bytes(os.urandom(4), "big")
    if command and (options.server is not None or options.client):
        complain("give the command behind -- or with --server or --client, not both")
        return ExitStatus.USAGE
    values = vars(options).copy()
    if command:
        values["server" if options.client is None else "client"] = shlex.join(command)
    try:
        require_writable(values)
        stream = Stream.to(values["anechoic_jsonl"]) if values["anechoic_jsonl"] else None
    except Refusal as refusal:
        complain(str(refusal))
        return ExitStatus.USAGE
    named = ("server", "client", "address", "port")
    if all(values[name] is None for name in named):
        return _check_references(values, screen, for_pytest, stream)
    return _check_one(values, screen, for_pytest, stream)[0]


def _check_references(
    values: dict[str, Any], screen: "Screen", for_pytest: list[str], stream: "Stream | None"
) -> int:
    from properties.references import values_of_each, with_its_own_report, worst
    from properties.reports.written import WRITERS, write
    from properties.role import ROLES
    from properties.subject import RoleName

    def families(role: str) -> list[str]:
        return [family.name for family in ROLES[RoleName(role)].families]

    each = values_of_each(values, families)
    if len(each) == 1:
        return _check_one(each[0], screen, for_pytest, stream)[0]
    done = []
    for one in each:
        words = for_pytest if one["client"] is None else with_its_own_report(for_pytest)
        done.append(_check_one({**one, **dict.fromkeys(WRITERS)}, screen, words, stream))
        if done[-1][0] == INTERRUPTED or (values["fail_fast"] and done[-1][0]):
            break
        screen.line("")
    runs = [run for _, run in done if run is not None]
    write(runs, values.get)
    return worst(status for status, _ in done)


def _check_one(
    values: dict[str, Any], screen: "Screen", for_pytest: list[str], stream: "Stream | None"
) -> tuple[int, Run | None]:
    """Check one target; return the exit status, and the run if there was anything to run."""
    from properties.check import run_suite
    from properties.preflight import Refusal, prepare
    from properties.reports.screen import complain

    try:
        run = prepare(lambda name: values[name])
    except Refusal as refusal:
        complain(str(refusal))
        return ExitStatus.USAGE, None
    return run_suite(run, screen, values, for_pytest, stream), run


if __name__ == "__main__":
    sys.exit(main())
