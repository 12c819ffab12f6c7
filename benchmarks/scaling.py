"""How the time and the memory of a run grow: with connections, bytes, workloads, and processes.

    python -m benchmarks.scaling [connections] [bytes] [workloads] [workers] [--most N]

Each is measured in steps of about ten, on the C server of the ready list (`c_fork`), and printed
with its cost for one connection, MiB or workload: a cost that stays the same is linear growth.
`--most` is the largest number of workloads. The memory is that of the tester, at its highest.
"""

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.started import started
from faults.payloads import Content, Payload
from properties.model.settings import Rules
from properties.model.steps import Workload
from properties.model.target_spec import Target
from properties.server.harness import ServerHarness
from properties.server.steps import Close, Open, Receive, Send
from target.command import Command
from tests.compiled import compiled

HOST = "127.0.0.1"
SOURCE = Path(__file__).parents[1] / "properties" / "compare" / "programs" / "c_fork.c"
RESULT = "result.json"


def server() -> tuple[str, ...]:
    """Return the command of the C server, compiled."""
    return (str(compiled(SOURCE, ("cc", "-O2"))), HOST, "{port}")


def of_workload(workload: Workload) -> float:
    """Return how long a workload takes on a server that has served one before."""
    harness = ServerHarness(Target(HOST, Command(server())), Rules())
    try:
        harness.run_trial(())
        began = time.perf_counter()
        trial = harness.run_trial(workload)
        spent = time.perf_counter() - began
        assert not trial.violated, trial.verdicts
        return spent
    finally:
        harness.close()


def peak() -> float:
    """Return the most memory that this process has had in use, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def connections(_most: int) -> None:
    """Open 10, 100 and 1,000 connections at once, and close them."""
    for count in (10, 100, 1000):
        clients = range(1, count + 1)
        spent = of_workload((*map(Open, clients), *map(Close, clients)))
        print(f"{count:>7} connections {spent:8.2f} s {1000 * spent / count:8.2f} ms each")


def sizes(_most: int) -> None:
    """Have 1 MiB to 1 GiB echoed to one client."""
    for mebibytes in (1, 16, 128, 1024):
        payload = Payload(Content.LETTERS, mebibytes << 20)
        spent = of_workload((Open(1), Send(1, payload), Receive(1), Close(1)))
        cost = f"{1000 * spent / mebibytes:8.2f} ms each, {peak():6.0f} MiB in use at most"
        print(f"{mebibytes:>7} MiB {spent:8.2f} s {cost}")


def workloads(most: int) -> None:
    """Run 100 workloads of plain traffic, 1,000, and so on, each in a process of its own."""
    count = 100
    while count <= most:
        spent, memory = _checked(["-n", "1", "--max-examples", str(count), "--fault", "control"])
        cost = f"{1000 * spent / count:8.2f} ms each, {memory:6.0f} MiB in use at most"
        print(f"{count:>7} workloads {spent:8.2f} s {cost}")
        count *= 10


def workers(_most: int) -> None:
    """Run the default check with one process, with two, and twice at once with one each.

    Two that share nothing show how much the machine has to give: a target runs beside its tester.
    """
    alone, _ = _checked(["-n", "1"])
    both, _ = _checked(["-n", "2"])
    apart = _seconds([["-n", "1"]] * 2)
    print(f"-n 1 {alone:.1f} s   -n 2 {both:.1f} s   {alone / both:.2f} times")
    print(f"two of -n 1 at once {apart:.1f} s   {2 * alone / apart:.2f} times")


def _checked(options: list[str]) -> tuple[float, float]:
    """Check the server; return the seconds, and the largest memory of a process in MiB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    spent = _seconds([options])
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return spent, max(before, after) / 1024


def _seconds(runs: list[list[str]]) -> float:
    """Check the server with each of these options, all at once; return the seconds of it all."""
    with ExitStack() as held:
        folders = [Path(held.enter_context(tempfile.TemporaryDirectory())) for _ in runs]
        began = time.perf_counter()
        # All are waited for at the end of the block.
        with ExitStack() as running:
            for options, folder in zip(runs, folders, strict=True):
                running.enter_context(_check(options, folder))
        spent = time.perf_counter() - began
        for folder in folders:
            assert json.loads((folder / RESULT).read_text())["totals"]["workloads"]
    return spent


def _check(options: list[str], folder: Path) -> subprocess.Popen[str]:
    words = ["--seed", "1", "--json", RESULT, *options, "--", *server()]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE.parents[3])}
    return started(words, folder, env=environment, stdout=subprocess.DEVNULL)


MEASURES: dict[str, Callable[[int], None]] = {
    "connections": connections,
    "bytes": sizes,
    "workloads": workloads,
    "workers": workers,
}


def main() -> None:
    """Print what was asked for, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", nargs="*", choices=[[], *MEASURES], metavar="WHAT")
    parser.add_argument("--most", type=int, default=1000, metavar="N")
    asked = parser.parse_args()
    for name in asked.what or MEASURES:
        MEASURES[name](asked.most)


if __name__ == "__main__":
    main()
