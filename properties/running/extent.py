"""How much is run, for how long, and in how many processes: checked, from the options."""

import os
import re
from dataclasses import dataclass, replace

from properties.model.bounds import LEAST_SECONDS, MOST_SECONDS
from properties.model.bounds import bounded as bounded_number
from properties.model.target_spec import RoleName, Target
from properties.running.errors import UsageError
from properties.running.option_list import Options
from properties.running.plan import wanted
from properties.running.processes.own_limits import most_workers
from properties.running.settings import Settings
from target.chamber import Network

ENDLESS = 10_000
"""Workloads for each fault family where time ends the run."""

ALL_CORES = ("auto", "logical")

MOST_A_CORE = 4
"""Processes on each core at most, where a target leaves the cores idle."""

CLIENTS_A_CORE = 4
"""Processes on each core that test clients, once one workload has gone well: most of their time
they wait, for a client that sleeps or for a SYN that the kernel sends again after a second."""

IN_XDIST = "PYTEST_XDIST_WORKER"
"""The variable that pytest-xdist sets in its workers, and so in what they start."""

_TIME = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)?")
_SECONDS = {None: 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Extent:
    """How far a run goes.

    `workers` are processes, `at_first` so many until one has seen a workload without a violation,
    and at most `most_workers` where the cores stay idle. `seconds` end the run (None: it ends by
    itself), `left_out` says in words what a quick run does not do.
    """

    at_first: int
    workers: int
    most_workers: int
    seconds: float | None = None
    left_out: str = ""


def bounded(options: Options) -> Options:
    """Return the options with the number of workloads that follows from the others.

    Raises UsageError where they contradict each other, or are no numbers.
    """
    _workers(options.workers)
    if options.max_time is not None:
        seconds_in(options.max_time)
    given = [options.quick, options.max_time is not None, options.max_examples is not None]
    if sum(given) > 1:
        raise UsageError("give one of --quick, --max-time and --max-examples, not several")
    if options.sweep:
        _require_nothing_else(options)
    return options if options.max_time is None else replace(options, max_examples=ENDLESS)


def _require_nothing_else(options: Options) -> None:
    """Check that nothing is asked for that a sweep of all calls does not do. Raises UsageError."""
    if options.client is not None or options.address is not None:
        raise UsageError("--sweep is for servers that anechoic starts: give a server's command")
    others = {
        "--fault": options.fault,
        "--no-sweep": options.no_sweep,
        "--quick": options.quick,
        "--max-time": options.max_time,
        "--max-examples": options.max_examples,
    }
    given = [name for name, value in others.items() if value]
    if given:
        raise UsageError(f"give --sweep or {given[0]}, not both: a sweep tries all its points")


def extent_of(options: Options, settings: Settings) -> Extent:
    """Return how far the run of a target goes. Raises UsageError."""
    room = most_workers()
    asked = _workers(options.workers)
    usual = usual_workers(settings.target, settings.rules.network)
    workers = min(usual if asked is None else asked, room)
    is_ours = settings.target.command is not None
    if workers > 1 and is_ours and _has_one_port(settings.target, settings.rules.network):
        raise UsageError(
            f"-n {options.workers}: one server at a time can have port {settings.target.port} of "
            "this machine's network: give -n 1, or put {port} into the command"
        )
    may_grow = options.workers is None and workers > 1
    return Extent(
        at_first=workers if asked else min(workers, cores()),
        workers=workers,
        most_workers=min(max(workers, MOST_A_CORE * cores()), room) if may_grow else workers,
        seconds=None if options.max_time is None else seconds_in(options.max_time),
        left_out=_left_out(settings) if options.quick else "",
    )


def seconds_in(time: str) -> float:
    """Return the seconds of 90, 90s, 10m or 2h. Raises UsageError."""
    found = _TIME.fullmatch(time)
    seconds = float(found[1]) * _SECONDS[found[2]] if found else 0.0
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise UsageError(
            f"--max-time {time}: write a time such as 90s, 10m or 2h, from 0.1s to 720h"
        )
    return seconds


def _workers(number: str | None) -> int | None:
    if number is None:
        return None
    if number in ALL_CORES:
        return cores()
    if not number.isascii() or not number.isdecimal():
        raise UsageError(f"--workers {number}: must be a number of processes, or auto")
    try:
        return max(1, int(bounded_number("workers", int(number))))
    except ValueError as error:
        raise UsageError(f"--workers {number[:20]}: {error}, or auto") from None


def usual_workers(target: Target, network: Network = Network.HOST) -> int:
    """Return in how many processes a target is tested, where the user does not say."""
    if IN_XDIST in os.environ:
        # Other workers have all cores already.
        return 1
    if _has_one_port(target, network):
        return 1
    return cores() * (CLIENTS_A_CORE if target.role is RoleName.CLIENT else 1)


def _has_one_port(target: Target, network: Network) -> bool:
    """Return whether there is one server, or one port that one server at a time can have."""
    return target.port is not None and network is Network.HOST


def cores() -> int:
    """Return how many cores this process may use (sched_getaffinity(2))."""
    return len(os.sched_getaffinity(0))


def _left_out(settings: Settings) -> str:
    usual = sum(family.examples for family in settings.families)
    done = sum(wanted(settings, family) for family in settings.families)
    return f"quick: {done} of the {usual} workloads of a whole run were made, the others left out"
