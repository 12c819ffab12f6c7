"""What this process and its user may still use: too little is no target's fault.

With few descriptors, or few processes, fewer clients connect; with hardly any there is no run.
"""

import sys
from dataclasses import replace

from properties.running.errors import UsageError
from properties.running.settings import Settings
from target import limits

DESCRIPTORS = 48
"""Descriptors of one process of ours besides its clients: keepers, gate, queries, files."""

TASKS = 24
"""Processes and threads of one of our processes with its keepers and an idle target."""

A_CLIENT = 2
"""Processes, or threads, that a target makes for a client; others make fewer."""

MOST_CLIENTS = 48
"""Clients that are at once in any workload, with a few of the fault's own."""

LEAST_CLIENTS = 4
"""With fewer, hardly any fault could be tried."""

LEAST_MEMORY = 256 << 20
"""Bytes of address space that one of our processes maps, with threads and a history."""


def fitted(settings: Settings) -> tuple[Settings, str]:
    """Return settings with as many clients as our limits allow, and in words why they are fewer.

    The words are empty where they are not. Raises UsageError where there is too little to begin.
    """
    memory = limits.memory_left()
    if memory is not None and memory < LEAST_MEMORY:
        raise UsageError(
            f"only {max(0, memory) >> 20} MiB of memory may be used, {LEAST_MEMORY >> 20} are "
            "needed: raise the limit (ulimit -v, ulimit -d)"
        )
    clients, why = min(_by_descriptors(), _by_tasks())
    if clients < LEAST_CLIENTS:
        raise UsageError(f"there is no room for {LEAST_CLIENTS} clients and a target: {why}")
    asked = settings.rules.limits.connections
    if clients >= MOST_CLIENTS or (asked is not None and asked <= clients):
        return settings, ""
    fewer = replace(settings.rules.limits, connections=clients)
    rules = replace(settings.rules, limits=fewer)
    return replace(settings, rules=rules), f"no more than {clients} clients at once: {why}"


def most_workers() -> int:
    """Return how many processes of ours may test at the same time."""
    left = limits.tasks_left()
    return max(1, left[0] // 2 // (TASKS + A_CLIENT * MOST_CLIENTS)) if left else sys.maxsize


def _by_descriptors() -> tuple[int, str]:
    left = limits.descriptors_left()
    why = f"{left} more descriptors may be opened (RLIMIT_NOFILE, ulimit -n)"
    return max(0, left - DESCRIPTORS), why


def _by_tasks() -> tuple[int, str]:
    """Return how many clients one process of ours may have: others of the user grow as well."""
    left = limits.tasks_left()
    if left is None:
        return MOST_CLIENTS, ""
    count, what = left
    return max(0, count // 2 - TASKS) // A_CLIENT, f"{count} more processes may be made: {what}"
