"""Whether the verdicts of a server depend on the seed: whole runs with several seeds, compared.

    python -m benchmarks.same_verdicts [--seeds N] [NAME ...]

NAME is a mutant or a variant; without one, ten servers are tried: correct ones of several makes,
and some that do not stand one error. A cell counts as failed where its violation is one of a MUST.
"""

import argparse
import json
import subprocess
import sys
import tempfile

from tests.mutants.catalogue import MUTANTS, VARIANTS, Mutant, Variant, build

SERVERS = (
    "epoll_loop",
    "poll_loop",
    "threads",
    "prefork",
    "reap_by_signalfd",
    "accept_emfile_fatal",
    "accept_eproto_fatal",
    "eintr_poll",
    "getpeername_fatal",
    "dies_of_sigpipe",
)

Cells = dict[tuple[str, str], str]
"""What became of each fault and invariant: only a violated MUST is a failure."""


def cells_of(words: tuple[str, ...], seed: int) -> Cells:
    """Check a server with this seed and return its cells. No run knows the cases of another."""
    command = [sys.executable, "-m", "anechoic", "check", "--json", "-", "--seed", str(seed)]
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run(
            [*command, "--", *words], cwd=folder, capture_output=True, text=True, check=False
        )
    checks = json.loads(made.stdout)["checks"]
    return {(one["fault"], one["invariant"]): _verdict(one) for one in checks}


def _verdict(check: dict[str, str]) -> str:
    weak = check["verdict"] == "fail" and check["level"] != "must"
    return "weak" if weak else check["verdict"]


def differing(runs: list[Cells]) -> list[str]:
    """Return the cells in which some runs show a violated MUST and others do not, in words."""
    found = []
    for cell in runs[0]:
        failed = sum(run[cell] == "fail" for run in runs)
        if 0 < failed < len(runs):
            found.append(f"{cell[0]} x {cell[1]}: {failed} of {len(runs)}")
    return found


def main() -> int:
    """Compare the runs of each server; the status is 1 where any differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("names", nargs="*", default=SERVERS, metavar="NAME")
    arguments = parser.parse_args()
    known: tuple[Mutant | Variant, ...] = (*MUTANTS, *VARIANTS)
    programs = {program.name: program for program in known}
    differs = False
    for name in arguments.names:
        words = build(programs[name])
        runs = [cells_of(words, seed) for seed in range(arguments.seeds)]
        found = differing(runs)
        failed = sorted({cell[1] for cell, verdict in runs[0].items() if verdict == "fail"})
        same = "; ".join(found) or "the same in every run"
        print(f"{name:24} {', '.join(failed) or 'conforms':40} {same}", flush=True)
        differs |= bool(found)
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
