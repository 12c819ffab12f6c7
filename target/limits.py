"""The limits of this process and its user: read, raised for the tester, kept for what it tests.

A target that runs out of processes because the tester takes up many of them has done nothing wrong.
RLIMIT_NPROC (getrlimit(2)) and pids.max of a control group (cgroups(7)) count both together.
"""

import contextlib
import os
import resource
from pathlib import Path

RAISED = (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_AS, resource.RLIMIT_DATA)

MOST_DESCRIPTORS = 65536
"""The tester never needs more, and some programs look at each number below their limit."""

USUAL_DESCRIPTORS = 1024
"""The soft limit of a process to which nobody has given another one (getrlimit(2))."""

CAP_SYS_ADMIN, CAP_SYS_RESOURCE = 21, 24
"""Who has one of them is not bound by RLIMIT_NPROC (linux/capability.h)."""

_CGROUPS = Path("/sys/fs/cgroup")
_of_the_user: dict[int, tuple[int, int]] = {}


def raise_own() -> None:
    """Raise the soft limits of this process to the hard ones; what it starts inherits them.

    Targets do not: they are started with those of the user. Idempotent.
    """
    for number in RAISED:
        soft, hard = _of_the_user.setdefault(number, resource.getrlimit(number))
        if number == resource.RLIMIT_NOFILE:
            most = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else hard
            raised = max(soft, min(most, MOST_DESCRIPTORS))
        else:
            raised = hard
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(number, (raised, hard))


def of_the_user() -> list[tuple[int, tuple[int, int]]]:
    """Return the limits that a target is to have, by their numbers: all that were raised.

    A soft limit of descriptors below the usual one would be met by our clients, without a fault.
    """
    found = dict(_of_the_user)
    if resource.RLIMIT_NOFILE in found:
        soft, hard = found[resource.RLIMIT_NOFILE]
        usual = (
            USUAL_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(USUAL_DESCRIPTORS, hard)
        )
        raised = soft if soft == resource.RLIM_INFINITY else max(soft, usual)
        found[resource.RLIMIT_NOFILE] = (raised, hard)
    return list(found.items())


def descriptors_left() -> int:
    """Return how many descriptors this process may still open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft
    return most - len(os.listdir("/proc/self/fd"))


def memory_left() -> int | None:
    """Return how many bytes of address space this process may still map, None for any number."""
    limits = [resource.getrlimit(n)[0] for n in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
    finite = [limit for limit in limits if limit != resource.RLIM_INFINITY]
    if not finite:
        return None
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return min(finite) - pages * os.sysconf("SC_PAGE_SIZE")


def tasks_left() -> tuple[int, str] | None:
    """Return how many processes and threads may still be made, and what limits them, in words.

    None where nothing does. What a target may make is less where the user's soft limit is.
    """
    found = [*_left_of_the_user(), *_left_of_control_groups()]
    return min(found, default=None)


def _left_of_the_user() -> list[tuple[int, str]]:
    soft, _ = _of_the_user.get(resource.RLIMIT_NPROC, resource.getrlimit(resource.RLIMIT_NPROC))
    if soft == resource.RLIM_INFINITY or _is_exempt():
        return []
    return [(soft - _tasks_of_user(), f"RLIMIT_NPROC is {soft} (ulimit -u)")]


def _is_exempt() -> bool:
    lines = Path("/proc/self/status").read_text().splitlines()
    effective = next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))
    return os.getuid() == 0 or bool(effective & (1 << CAP_SYS_ADMIN | 1 << CAP_SYS_RESOURCE))


def _tasks_of_user() -> int:
    count = 0
    for folder in os.scandir("/proc"):
        # A process may end while it is looked at.
        with contextlib.suppress(OSError):
            if folder.name.isdecimal() and folder.stat().st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{folder.name}/task"))
    return count


def _left_of_control_groups() -> list[tuple[int, str]]:
    found = []
    for group in _control_groups():
        with contextlib.suppress(OSError, ValueError):
            most = int((group / "pids.max").read_text())
            left = most - int((group / "pids.current").read_text())
            found.append((left, f"pids.max of the control group is {most}"))
    return found


def forks_denied() -> int:
    """Return how often a limit of our control groups has let a fork fail so far."""
    denied = 0
    for group in _control_groups():
        with contextlib.suppress(OSError, ValueError, StopIteration):
            lines = (group / "pids.events").read_text().splitlines()
            denied += next(int(line.split()[1]) for line in lines if line.startswith("max "))
    return denied


def _control_groups() -> list[Path]:
    """Return the folders of our control group and those above it, as far as they are seen here."""
    tops = {"": _CGROUPS, "pids": _CGROUPS / "pids"}
    found: list[Path] = []
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controller, path = line.split(":", 2)
            if controller in tops:
                inner = tops[controller] / path.lstrip("/")
                above = [one for one in inner.parents if one.is_relative_to(tops[controller])]
                found += [one for one in (inner, *above) if (one / "pids.max").exists()]
    return found
