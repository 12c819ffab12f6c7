"""Correct servers under many schedules each: none may be accused.

    python -m benchmarks.acquitted [--each N] [NAME ...]

Each variant of tests/variants (correct but unusual servers) and the reference is run in N
schedules (default: 2,000): those that are swept, and for the rest such as are drawn. Printed are
how many were run in order, how many had to be let go, the violations (of any level) and the
seconds. The status is 1 where a server was accused.
"""

import argparse
import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from faults.fault import Status
from properties.model.settings import Rules
from properties.model.steps import Workload
from properties.model.target_spec import Target
from properties.roles import rehearsed, with_schedules
from properties.server.harness import ServerHarness
from properties.server.role import SERVER
from target.errors import TargetError
from tests.mutants.catalogue import VARIANTS, build

SEED = 1


def targets() -> dict[str, Target]:
    """Return the reference and all variants, by name."""
    variants = {one.name: Target.server(shlex.join(build(one))) for one in VARIANTS}
    return {"reference": Target.server(), **variants}


def schedules(target: Target, rules: Rules, each: int) -> Iterator[Workload]:
    """Return so many workloads of the family, with what is learnt of this server."""
    family = SERVER.family("schedules")
    found = rehearsed(target, rules)
    made = with_schedules(family, found, SEED, each) if found.scenes else family
    return islice((choice.workload for choice in made.sweep), each)


def run(target: Target, each: int) -> tuple[Counter[Status], Counter[str]]:
    """Run the schedules; return what became of them, and the violations."""
    rules = Rules(patience=5.0)
    statuses, violated = Counter[Status](), Counter[str]()
    harness = ServerHarness(target, rules)
    try:
        for workload in schedules(target, rules, each):
            trial = harness.run_trial(workload)
            statuses[trial.fault_status()[0]] += 1
            violated.update(trial.violated)
    finally:
        harness.close()
    return statuses, violated


def main() -> int:
    """Run all, and print a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--each", type=int, default=2000, metavar="N")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    accused = False
    for name, target in targets().items():
        if arguments.names and name not in arguments.names:
            continue
        began = time.monotonic()
        try:
            statuses, violated = run(target, arguments.each)
        except TargetError as error:
            print(f"{name:24} {error}", flush=True)
            continue
        accused |= bool(violated)
        found = ", ".join(f"{one} {count}" for one, count in violated.items()) or "none"
        print(
            f"{name:24} {statuses[Status.FIRED]:5} in order, {statuses[Status.MISSED]:4} let go, "
            f"accused of {found}, {time.monotonic() - began:.0f} s",
            flush=True,
        )
    return int(accused)


if __name__ == "__main__":
    sys.exit(main())
