"""The options of `anechoic compare`. Imports nothing of weight: `--help` is quick."""

import argparse
import os

HELP = """\
Checks many implementations, several at a time, and lays them side by side.

  anechoic compare                                the ready list: real servers and clients
  anechoic compare mine.toml --html page.html     a list of your own, and a page to look at
  anechoic compare --only socat --only ncat       those of a list whose names have that in them

An entry of a list:

  [[implementation]]
  name = "mine"
  command = "./mine {host} {port}"        # or address = "127.0.0.1:7"
  role = "server"                         # or "client"
  needs = { package = "libfoo" }          # also: programs = ["foo"], module = "foo"
  compile = "cc -o {folder}/mine mine.c"  # {here} is the folder of the list, {python} our Python
  service = "{here}/http.toml"            # as for anechoic check; left out: echo
  options = "--max-connections 40"        # of anechoic check
"""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("list", metavar="FILE.toml", nargs="?", help="default: the ready list")
    parser.add_argument(
        "--only",
        action="append",
        metavar="WORDS",
        help="only those whose names have these words in them; may be given several times",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        metavar="N",
        default=len(os.sched_getaffinity(0)),
        help="checks at a time (default: one for each core)",
    )
    parser.add_argument("--network", choices=("own", "wire", "host"), help="as for anechoic check")
    parser.add_argument("--max-examples", type=int, metavar="N", help="as for anechoic check")
    parser.add_argument("--no-sweep", action="store_true", help="as for anechoic check")
    parser.add_argument("--quick", action="store_true", help="as for anechoic check")
    parser.add_argument("--seed", type=int, metavar="N", help="as for anechoic check")
    parser.add_argument(
        "--fault", action="append", metavar="NAME", help="as for anechoic check, of either role"
    )
    parser.add_argument(
        "--level", metavar="LEVEL", default="must", help="as for anechoic check (default: must)"
    )
    for name, what in (
        ("html", "write a page to look at to FILE"),
        ("json", "write all results to FILE as one JSON object"),
        ("markdown", "write the comparison to FILE as a page of documentation"),
    ):
        parser.add_argument(f"--{name}", metavar="FILE", help=what)
