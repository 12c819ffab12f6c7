"""The options of `anechoic merge`. Imports nothing of weight: `--help` is quick."""

import argparse

HELP = """\
Joins the results of several machines into one. The shards of a run (anechoic check --shard K/N
--json FILE) become the whole run; results of whole runs, of several targets, stand beside each
other. The exit status is that of the run as a whole.

  anechoic merge 1.json 2.json 3.json --html result.html --markdown summary.md
"""

FILES = {
    "json": "write the merged result to FILE; it can be merged with others again",
    "html": "write it as a page to look at",
    "markdown": "write a summary in Markdown, for the summary of a CI job",
    "junit": "write it as JUnit XML, a test case for each fault and invariant",
}
"""What each option that names a file writes."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options and the arguments."""
    parser.add_argument(
        "results", metavar="RESULT.json", nargs="+", help="a file written by anechoic check --json"
    )
    for name, what in FILES.items():
        parser.add_argument(f"--{name}", metavar="FILE", help=what)
    parser.add_argument(
        "--cases", metavar="DIR", help="write the smallest case of each violation to DIR"
    )
