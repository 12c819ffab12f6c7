"""What a schedule costs: schedules a second, and each held call, beside strace.

    python -m benchmarks.schedule_cost [--runs N]

The same two clients connect, send a line and close. Their server runs in four ways, in turn: bare,
with its calls scheduled one at a time, and under strace, with and without --seccomp-bpf, for the
same calls. Printed are the runs a second and the time that each call costs more than bare. Needs
strace (Debian: strace) and a C compiler.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from faults.payloads import A_LINE
from faults.server.schedules import Schedule
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.model.target_spec import Target
from properties.server.harness import ServerHarness
from properties.server.schedules.events import Scheduled
from properties.server.schedules.scenes import SCENES
from properties.server.steps import Close, Open, Receive, Send
from target.command import Command

VARIANTS = Path(__file__).parents[1] / "tests" / "variants"
SERVERS = ("sa_restart", "threads", "epoll_loop")
WARM_UP = 3

CALLS = (
    "accept,accept4,clone,clone3,fork,vfork,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,"
    "poll,ppoll,select,pselect6,epoll_wait,epoll_pwait,close,futex,wait4,waitid,pause,rt_sigsuspend,"
    "exit,exit_group,kill,tgkill,shutdown,open,openat,unlink,unlinkat,rename"
)
SCENE = SCENES[0]
SCHEDULED: Workload = (Inject(Schedule(SCENE.deeds)),)
PLAIN: Workload = tuple(
    step
    for client in (1, 2)
    for step in (Open(client), Send(client, A_LINE), Receive(client), Close(client))
)

STRACE = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={CALLS}")
WAYS: dict[str, tuple[tuple[str, ...], Workload]] = {
    "bare": ((), PLAIN),
    "scheduled": ((), SCHEDULED),
    "strace --seccomp-bpf": ((*STRACE, "--seccomp-bpf"), PLAIN),
    "strace": (STRACE, PLAIN),
}


@dataclass
class Measured:
    """The time of all runs of one way, in seconds, and the calls that one of them holds."""

    seconds: float = 0.0
    calls: int = 0


def measure(binary: Path, runs: int) -> dict[str, Measured]:
    """Run each way so many times, a round of all after the other."""
    harnesses = {
        name: ServerHarness(Target("127.0.0.1", Command((*prefix, str(binary), "{port}"))), Rules())
        for name, (prefix, _) in WAYS.items()
    }
    found = {name: Measured() for name in WAYS}
    try:
        for number in range(WARM_UP + runs):
            for name, (_, workload) in WAYS.items():
                began = time.perf_counter()
                trial = harnesses[name].run_trial(workload)
                if number >= WARM_UP:
                    found[name].seconds += time.perf_counter() - began
                for event in trial.history.of(Scheduled):
                    found[name].calls = sum(turn.actor[0] != "c" for turn in event.turns)
    finally:
        for harness in harnesses.values():
            harness.close()
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=50, metavar="N")
    runs = parser.parse_args().runs
    if not shutil.which("strace"):
        print("strace is missing (Debian: apt-get install strace)", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        for name in SERVERS:
            binary = Path(folder) / name
            source = VARIANTS / f"{name}.c"
            subprocess.run(["cc", "-O1", "-pthread", "-o", binary, source], check=True)
            found = measure(binary, runs)
            calls, bare = found["scheduled"].calls, found["bare"].seconds
            print(f"{name}: {calls} calls of it are held in a run")
            for way, one in found.items():
                more = (one.seconds - bare) / runs / calls * 1e6
                print(f"  {way:24}{runs / one.seconds:8.1f} runs/s   {more:8.0f} us more a call")
    return 0


if __name__ == "__main__":
    sys.exit(main())
