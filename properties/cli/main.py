"""The command line: `anechoic check`, `compare`, `replay`, `show` and `list`.

`check` runs the suite through pytest; options that it does not know are passed on to pytest.
"""

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from properties.compare import options as comparison
from properties.running.exit_status import INTERRUPTED, ExitStatus
from properties.running.option_list import FLAGS, Options, options_in

if TYPE_CHECKING:
    from properties.reports.terminal import Terminal
    from properties.running.listener import RunListener
    from properties.running.run import Run

EXIT_STATUS = """\
exit status:
  0  the target conforms
  1  it violates an invariant, by a requirement that is at least as strong as --level says
  2  the command line or the target is at fault: not found, ended at once, never listened
  3  nothing failed, but something stayed inconclusive
  130  it was interrupted (Ctrl-C, SIGTERM)
"""

Add = Callable[..., argparse.ArgumentParser]
"""The `add_parser` that adds an action."""

CHECK = """\
Runs generated workloads with faults against an echo server, or an echo client, and judges what is
observed.

  anechoic check                                  the bundled reference server and client
  anechoic check -- ./mine --port {port}          a command; {host} and {port} are filled in
  anechoic check --port 9877 -- ./mine            a command with a fixed port
  anechoic check --address 127.0.0.1:7            a server that is already running
  anechoic check --client -- ./mine {host} {port} a client: anechoic is its server
  anechoic check --junitxml r.xml -- ./mine {port}  options that are not listed here (-k, ...) are
                                                  handed on to pytest
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    # Hypothesis would load what other packages add to it, which may take longer than all of ours.
    os.environ.setdefault("HYPOTHESIS_NO_PLUGINS", "1")
    own, command = _split(list(sys.argv[1:] if arguments is None else arguments))
    parser = _parser()
    options, for_pytest = parser.parse_known_args(own)
    if options.version:
        return _version()
    if options.action is None:
        parser.print_help()
        return ExitStatus.USAGE
    if options.action != "check" and for_pytest:
        parser.error(f"unrecognized arguments: {' '.join(for_pytest)}")
    if for_pytest and not for_pytest[0].startswith("-"):
        parser.error(f"what is {for_pytest[0]!r}? the command of a target goes after --")
    if options.action in ("compare", "show", "list") and command:
        parser.error(f"{options.action} takes no command")
    try:
        return _run(options, for_pytest, command)
    except KeyboardInterrupt:
        print("anechoic: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The program that read our output has ended.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.USAGE


def _run(options: argparse.Namespace, for_pytest: list[str], command: list[str]) -> int:
    if options.action == "list":
        from properties.cli.listing import show_all

        return show_all()
    if options.action == "check":
        return _check(options, for_pytest, command)
    if options.action == "compare":
        from properties.compare.command import compare

        return compare(options)
    from properties.cli import case_commands

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
    parser.add_argument("--version", action="store_true", help="print the version, and end")
    actions = parser.add_subparsers(dest="action", metavar="{check,compare,replay,show,list}")
    _add_check(actions.add_parser)
    _add_compare(actions.add_parser)
    _add_replay_and_show(actions.add_parser)
    actions.add_parser("list", help="list the fault families, the invariants, the levels")
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
    for flag in FLAGS:
        if flag.command_line:
            check.add_argument(*flag.names, **flag.settings)


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
        epilog="prints STILL FAILS k/n (status 1), FIXED 0/n (0), NOT SEEN 0/n (3), ERROR (2 or 3)",
        usage="anechoic replay [--times N] [--port N] [--network own|host] CASE [-- COMMAND]",
        allow_abbrev=False,
    )
    again.add_argument("case", metavar="CASE", help="a file from .anechoic/cases")
    again.add_argument("--port", type=int, metavar="N", help="the fixed port of a command")
    again.add_argument(
        "--times",
        type=int,
        metavar="N",
        help="how often to run it (default: until it fails, or often enough to call it fixed)",
    )
    again.add_argument("--network", choices=("own", "host"), help="default: as it was found")
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


def _version() -> int:
    from importlib import metadata

    print(f"anechoic {metadata.version('anechoic')}")
    return ExitStatus.CONFORMS


def _check(namespace: argparse.Namespace, for_pytest: list[str], command: list[str]) -> int:
    from properties.reports.jsonl import JsonLines
    from properties.reports.registry import STANDARD_OUTPUT, require_files_of
    from properties.reports.terminal import Terminal, complain
    from properties.running.errors import UsageError
    from properties.running.extent import bounded
    from properties.running.process_lifetime import end_on_sigterm

    end_on_sigterm()
    options = options_in(namespace)
    terminal = Terminal.of_its_own(elsewhere=options.jsonl == STANDARD_OUTPUT)
    if options.seed is None:
        options = replace(options, seed=int.from_bytes(os.urandom(4), "big"))
    if command and (options.server is not None or options.client):
        complain("give the command after -- or with --server or --client, not both")
        return ExitStatus.USAGE
    if command:
        line = shlex.join(command)
        if options.client is None:
            options = replace(options, server=line)
        else:
            options = replace(options, client=line)
    try:
        options = bounded(options)
        if for_pytest and options.max_time is not None:
            raise UsageError(f"--max-time: not together with pytest's options ({for_pytest[0]})")
        require_files_of(options)
        listeners = [JsonLines.to(options.jsonl)] if options.jsonl else []
    except UsageError as error:
        complain(str(error))
        return ExitStatus.USAGE
    named = (options.server, options.client, options.address, options.port)
    if all(one is None for one in named):
        return _check_references(options, terminal, for_pytest, listeners)
    return _check_one(options, terminal, for_pytest, listeners)[0]


def _check_references(
    options: Options,
    terminal: "Terminal",
    for_pytest: list[str],
    listeners: "Sequence[RunListener]",
) -> int:
    from properties.model.target_spec import RoleName
    from properties.reports.registry import without_files, write
    from properties.roles import ROLES
    from properties.running.exit_status import INTERRUPTED, worst
    from properties.running.references import options_of_each, with_its_own_report

    def families(role: str) -> list[str]:
        return [family.name for family in ROLES[RoleName(role)].families]

    each = options_of_each(options, families)
    if len(each) == 1:
        return _check_one(each[0], terminal, for_pytest, listeners)[0]
    done = []
    for one in each:
        words = for_pytest if one.client is None else with_its_own_report(for_pytest)
        done.append(_check_one(without_files(one), terminal, words, listeners))
        if done[-1][0] == INTERRUPTED or (options.fail_fast and done[-1][0]):
            break
        terminal.line("")
    write([run for _, run in done if run is not None], options)
    return worst(status for status, _ in done)


def _check_one(
    options: Options,
    terminal: "Terminal",
    for_pytest: list[str],
    listeners: "Sequence[RunListener]",
) -> "tuple[int, Run | None]":
    """Check one target; return the exit status, and the run if there was a target to run."""
    from properties.cli.check import run_suite
    from properties.reports.terminal import complain
    from properties.running.errors import UsageError
    from properties.running.extent import extent_of
    from properties.running.preflight import prepared
    from properties.running.settings import settings_of
    from target.chamber import Network

    try:
        asked = Network.HOST if for_pytest else Network(options.network)
        run = prepared(settings_of(options), asked)
        extent = extent_of(options, run.settings)
    except UsageError as error:
        complain(str(error))
        return ExitStatus.USAGE, None
    return run_suite(run, terminal, options, extent, for_pytest, listeners), run


if __name__ == "__main__":
    sys.exit(main())
