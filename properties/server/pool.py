"""Processes that were there from the start and serve clients: a pool below a master (UNP 30.6).

A process belongs to the pool when it holds the listening socket, its parent holds the same socket,
and it has no children of its own. Its parent is then a master that can make another one: a shell
around a server, which has no listening socket, is none.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from signal import SIGCHLD

from properties.server.resources import InitialResources, possessions, refills
from target import process_status, processes, waits
from target.handle import Handle
from target.processes import Identity, Process
from target.settled import may_fetch


def living(handle: Handle, baseline: InitialResources) -> tuple[Process, ...]:
    """Return the processes of the pool that live, those that replaced others included."""
    kept = baseline.pool | {process.identity for process in refills(handle, baseline)}
    return tuple(process for process in handle.pool() if process.identity in kept)


def can_spare(
    handle: Handle,
    baseline: InitialResources,
    victims: Iterable[Process],
    is_busy: Callable[[Process], bool],
) -> bool:
    """Return whether the service has to go on without these processes.

    Others are left that hold no client, for each may serve one at a time; or the pool is whole and
    its master waits for the end of its children, so that it can replace them. The master of UNP
    30.6 does nothing but pause(): its last child is spared.
    """
    pool = living(handle, baseline)
    ending = {process.identity for process in victims}
    is_whole = len(pool) == len(baseline.pool)
    return any(one.identity not in ending and not is_busy(one) for one in pool) or (
        is_whole and all(_waits_for_children(victim.parent) for victim in victims)
    )


def _waits_for_children(master: int) -> bool:
    # sigwait(3) does not show the signal as blocked, so that what the thread awaits is asked too.
    masks = process_status.signals_of(master)
    return (masks is not None and SIGCHLD in masks.caught | masks.blocked) or any(
        may_fetch(thread, SIGCHLD)
        or (thread.wait is not None and thread.wait.call in waits.WAITING_FOR_A_CHILD)
        for thread in processes.threads_of(master)
    )


def with_refills(handle: Handle, baseline: InitialResources) -> InitialResources:
    """Return a baseline in which the processes that replaced others stand in their places."""
    new = frozenset(process.identity for process in refills(handle, baseline))
    if not new:
        return baseline
    gone = frozenset(sorted(one for one in baseline.pool if not _is_alive(one))[: len(new)])
    members = baseline.members - gone | new
    held = possessions(members)
    return replace(
        baseline,
        members=members,
        pool=baseline.pool - gone | new,
        descriptors=max(baseline.descriptors, held.descriptors),
        threads=max(baseline.threads, held.threads),
        names=baseline.names | held.names,
    )


def _is_alive(identity: Identity) -> bool:
    process = processes.look_at(identity.pid)
    return process is not None and process.identity == identity and not process.is_zombie
