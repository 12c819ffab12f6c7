"""The options of the command line. Imports nothing of weight: `--help` is quick."""

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from properties.cli.help_format import HelpFormat
from properties.compare import options as comparison
from properties.gated import options as gated
from properties.grading import options as grading
from properties.merging import options as merging
from properties.running.option_list import FLAGS
from target.foreign_text import harmless

EXIT_STATUS = """\
exit status:
  0  the target conforms
  1  it violates an invariant, by a requirement that is at least as strong as --level says
  2  the command line or the target is at fault: not found, ended at once, never listened;
     or a file, or the report, could not be written
  3  nothing failed, but something stayed inconclusive
  70  anechoic itself is at fault
  130  it was interrupted (Ctrl-C, SIGTERM, SIGHUP)
"""

Add = Callable[..., argparse.ArgumentParser]
"""The `add_parser` that adds an action."""

CHECK = """\
Runs generated workloads with faults against an echo server, or an echo client, and judges what is
observed.

  anechoic check                                    the bundled reference server and client
  anechoic check -- ./mine --port {port}            a command; {host} and {port} are filled in
  anechoic check --port 9877 -- ./mine              a command with a fixed port
  anechoic check --address 127.0.0.1:7              a server that is already running
  anechoic check --client -- ./mine {host} {port}   a client: anechoic is its server
  anechoic check --junitxml r.xml -- ./mine {port}  options that are not listed here (-k, ...) are
                                                    handed on to pytest
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints show what was typed, and obey none of it."""

    def error(self, message: str) -> NoReturn:
        """Write the usage and the message, and end with status 2."""
        super().error(harmless(message))

    def print_help(self, file: Any = None) -> None:
        """Write the help, or end with status 2 where that cannot be done."""
        try:
            print(self.format_help(), end="", file=file, flush=True)
        except OSError as error:
            # What could not be written would be tried again at the end of the process.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if not isinstance(error, BrokenPipeError):
                self.exit(2, f"anechoic: cannot write the help: {error.strerror}\n")


def parser() -> argparse.ArgumentParser:
    """Return what parses the command line before `--`."""
    made = _Parser(
        prog="anechoic",
        description="Fault injection and property-based conformance tests for TCP echo servers and "
        "clients.",
        epilog="anechoic check --help shows how to test your own server.",
        allow_abbrev=False,
    )
    made.add_argument("--version", action="store_true", help="print the version, and end")
    actions = made.add_subparsers(dest="action", metavar="COMMAND", title="commands")
    _add_check(actions.add_parser)
    _add_compare(actions.add_parser)
    _add_gate(actions.add_parser)
    _add_grade(actions.add_parser)
    _add_merge(actions.add_parser)
    _add_replay_and_show(actions.add_parser)
    actions.add_parser("list", help="list the fault families, the invariants, the levels")
    return made


def _add_check(add: Add) -> None:
    check = add(
        "check",
        help="test a server or a client",
        description=CHECK,
        epilog=EXIT_STATUS,
        usage="anechoic check [options] [pytest's options] [-- COMMAND]",
        formatter_class=HelpFormat,
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
        formatter_class=HelpFormat,
        allow_abbrev=False,
    )
    comparison.add_to(compared)


def _add_grade(add: Add) -> None:
    graded = add(
        "grade",
        help="give points for a server that a student has written",
        description=grading.HELP,
        epilog=grading.EXIT_STATUS,
        usage="anechoic grade [options] [RUBRIC.toml] -- COMMAND",
        formatter_class=HelpFormat,
        allow_abbrev=False,
    )
    grading.add_to(graded)


def _add_gate(add: Add) -> None:
    behind = add(
        "gate",
        help="run any command, with a system call of it that fails or is held",
        description=gated.HELP,
        epilog=gated.EXIT_STATUS,
        usage=gated.USAGE,
        formatter_class=HelpFormat,
        allow_abbrev=False,
    )
    gated.add_to(behind)


def _add_merge(add: Add) -> None:
    merging.add_to(
        add(
            "merge",
            help="join the results of several machines",
            description=merging.HELP,
            epilog=EXIT_STATUS.replace("inconclusive", "inconclusive, or shards are missing"),
            usage="anechoic merge [options] RESULT.json ...",
            formatter_class=HelpFormat,
            allow_abbrev=False,
        )
    )


def _add_replay_and_show(add: Add) -> None:
    again = add(
        "replay",
        help="run a saved case again",
        description="Runs a saved case again, on the target it was found in or on another one.",
        epilog="prints STILL FAILS k/n (status 1), FIXED 0/n (0), NOT SEEN 0/n (3), ERROR (2 or 3)",
        formatter_class=HelpFormat,
        usage="anechoic replay [--times N] [--port N] [--network own|wire|host] [--states] "
        "[--trust] CASE [-- COMMAND]",
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
    again.add_argument(
        "--network", choices=("own", "wire", "host"), help="default: as it was found"
    )
    again.add_argument(
        "--states",
        action="store_true",
        help="show what netstat and ps would have shown at each step of the last run",
    )
    again.add_argument(
        "--trust", action="store_true", help="run the command of a case that was not made here"
    )
    shown = add(
        "show",
        help="show a saved case and its timeline",
        description="Shows a saved case: what was required, what was done, and as a timeline what "
        "was seen. Runs nothing.",
        epilog="exit status: 0, or 2 where the file is no case",
        formatter_class=HelpFormat,
        usage="anechoic show [--segments] [--states] [--svg FILE] [--pcap FILE] CASE",
        allow_abbrev=False,
    )
    shown.add_argument("case", metavar="CASE", help="a file from .anechoic/cases")
    shown.add_argument(
        "--segments",
        action="store_true",
        help="show in the timeline each segment that the wire has carried (SYN J, ACK J+1, ...)",
    )
    shown.add_argument(
        "--states",
        action="store_true",
        help="show what netstat and ps would have shown at each step (ESTABLISHED, Z, ...)",
    )
    shown.add_argument("--svg", metavar="FILE", help="write the timeline to FILE as a figure")
    shown.add_argument(
        "--pcap",
        metavar="FILE",
        help="write the segments of the wire to FILE, for Wireshark and tcpdump (pcapng)",
    )
