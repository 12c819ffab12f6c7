"""The options of `anechoic grade`. Imports nothing of weight: `--help` is quick."""

import argparse

HELP = """\
Checks a server in a sandbox and gives points for each stage of a rubric.

  anechoic grade -- ./mine {port}                     with the rubric that comes with anechoic
  anechoic grade --print-rubric > rubric.toml         to make one's own of it
  anechoic grade rubric.toml --gradescope /autograder/results/results.json -- ./mine {port}

A submission runs in namespaces of its own, with an id that is not root; where that cannot be had,
nothing is run.
"""

EXIT_STATUS = """\
exit status:
  0  there is a grade, whatever it is
  2  there is none: the command line, the rubric or the sandbox is at fault, or a file could not be
     written
  70  anechoic itself is at fault
  130  it was interrupted (Ctrl-C, SIGTERM, SIGHUP)
"""

FILES = {
    "json": "write the grade to FILE as one JSON object; - is standard output",
    "gradescope": "write the grade to FILE as the results.json of Gradescope",
}

PASSED_ON = ("port", "cwd", "env", "stdin", "start_timeout", "workers", "max_connections")
"""The options that are those of `anechoic check`."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "rubric",
        metavar="RUBRIC.toml",
        nargs="?",
        help="default: what --print-rubric shows",
    )
    parser.add_argument(
        "--print-rubric", action="store_true", help="print the default rubric, and end"
    )
    for name, what in FILES.items():
        parser.add_argument(f"--{name}", metavar="FILE", help=what)
    parser.add_argument(
        "--user",
        metavar="NAME|UID",
        help="the id that the submission runs with, where we are root (default: 65534, nobody)",
    )
    parser.add_argument(
        "--trust-submission",
        action="store_true",
        help="run it without a sandbox, with the rights of the grader",
    )
    for flag, settings in (
        ("--port", {"type": int, "metavar": "N"}),
        ("--cwd", {"metavar": "DIR"}),
        ("--env", {"action": "append", "metavar": "NAME=VALUE"}),
        ("--stdin", {"choices": ("open", "null")}),
        ("--start-timeout", {"type": float, "metavar": "SECONDS"}),
        ("--workers", {"metavar": "N"}),
        ("--max-connections", {"type": int, "metavar": "N"}),
    ):
        parser.add_argument(flag, help="as for anechoic check", **settings)
