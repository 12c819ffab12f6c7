"""Whether a long run grows: the memory and the descriptors of the tester's processes, by workloads.

    python -m benchmarks.slope [--seconds N] [--first N] [--client] [--write]

One run of a reference, with so many workloads that it does not end before the time is over, and two
workers. Now and then the proportional set size (PSS, proc(5)) and the descriptors of the tester and
its workers are added up. Printed is the slope of a line through these, per 1,000 workloads, once
the first of them are over (--first): what is loaded and cached when it is needed comes before.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression
from typing import Any

from benchmarks.started import started
from benchmarks.trust_file import figures, record
from target.processes import descriptors_of, read_text
from tests.end_to_end.kills import of_kind

SECTION = "slope"
MANY = "100000"
BETWEEN = 0.5
"""Seconds between two looks."""

FAMILIES = ("control", "disconnect_burst", "killed_children")
CLIENT_FAMILIES = ("control", "peer_fin", "peer_reset")


@dataclass(frozen=True)
class Sample:
    """What the processes had after so many workloads: KiB of memory, and descriptors."""

    workloads: int
    pss: int
    descriptors: int
    processes: int


def pss_of(pid: int) -> int:
    """Return the proportional set size of a process, in KiB."""
    text = read_text(f"/proc/{pid}/smaps_rollup") or ""
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def sample(tester: int, workloads: int) -> Sample:
    """Look at the tester and its workers."""
    pids = [one.pid for kind in ("tester", "worker") for one in of_kind(kind, tester)]
    return Sample(
        workloads,
        sum(map(pss_of, pids)),
        sum(len(descriptors_of(pid)) for pid in pids),
        len(pids),
    )


class Followed:
    """Counts the workloads that a run writes to a file of events."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read = 0
        self._parts: dict[str, int] = {}

    def workloads(self) -> int:
        """Return how many were run so far."""
        if self._file.exists():
            with self._file.open("rb") as lines:
                lines.seek(self._read)
                for line in lines:
                    if line.endswith(b"\n"):
                        self._read += len(line)
                        self._take_in(json.loads(line))
        return sum(self._parts.values())

    def _take_in(self, event: dict[str, Any]) -> None:
        if event["event"] in ("workload", "part"):
            self._parts[str(event["part"])] = event["workloads"]


def follow(words: Sequence[str], seconds: float) -> Iterator[Sample]:
    """Look at a run now and then, for so many seconds, and interrupt it."""
    with tempfile.TemporaryDirectory(prefix="anechoic-slope-") as folder:
        own = ("-n", "2", "--jsonl", "events.jsonl", "--max-examples", MANY, "--no-sweep")
        silent: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        run = started((*own, *words), Path(folder), **silent)
        followed, until = Followed(Path(folder, "events.jsonl")), time.monotonic() + seconds
        try:
            while time.monotonic() < until and run.poll() is None:
                yield sample(run.pid, followed.workloads())
                time.sleep(BETWEEN)
        finally:
            run.send_signal(signal.SIGINT)
            run.wait()


def slope(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return by how much memory and descriptors grow with 1,000 workloads."""
    whole = max(one.processes for one in samples)
    kept = [one for one in samples if one.processes == whole]
    done = [one.workloads for one in kept]
    memory = linear_regression(done, [one.pss for one in kept])
    descriptors = linear_regression(done, [one.descriptors for one in kept])
    return {
        "from": done[0],
        "to": done[-1],
        "processes": whole,
        "pss_mib": round(kept[-1].pss / 1024, 1),
        "mib_per_1000": round(memory.slope * 1000 / 1024, 2),
        "descriptors": kept[-1].descriptors,
        "descriptors_per_1000": round(descriptors.slope * 1000, 2),
    }


def main() -> None:
    """Follow a run, and print what it had now and then, and the slope."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=160.0)
    parser.add_argument("--first", type=int, default=200, help="workloads that are left out")
    parser.add_argument("--client", action="store_true", help="the reference client")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/trust.json")
    options = parser.parse_args()
    families = CLIENT_FAMILIES if options.client else FAMILIES
    server = f"{sys.executable} -P -m target.tcpserv04 --port {{port}}"
    words = [word for name in families for word in ("--fault", name)]
    words += ["--client"] if options.client else ["--server", server]
    samples = []
    for one in follow(words, options.seconds):
        samples.append(one)
        if len(samples) % 20 == 1:
            print(
                f"{one.workloads:>7} workloads {one.pss / 1024:>7.1f} MiB "
                f"{one.descriptors:>5} descriptors of {one.processes}",
                flush=True,
            )
    found = slope([one for one in samples if one.workloads >= options.first])
    print(json.dumps(found))
    if options.write:
        role = "client" if options.client else "server"
        kept = figures().get(SECTION, {})
        record(
            SECTION,
            {**{name: kept[name] for name in ("client", "server") if name in kept}, role: found},
        )


if __name__ == "__main__":
    main()
