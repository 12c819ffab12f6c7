"""Starting a server; where it does not come up, the reason in words.

The wait makes NO connection: a probe connection would be served as the first client.
"""

import time

from target import processes, resting, settled
from target.command import Command
from target.errors import EndedError, TargetError
from target.handle import Handle
from target.held import Gate
from target.keeping import Kept
from target.ports import Reservation
from target.processes import Identity, Process
from target.surroundings import Input

LOOK_INTERVAL = 0.002
"""Seconds between two looks while waiting for the server to listen or to end."""

ELSEWHERE_PATIENCE = 3.0
"""Seconds after which a server that sleeps and listens at another address is given up."""

START_PATIENCE = 10.0
"""Seconds a server may take before it listens, while it does nothing but sleep."""


MORE_TIME = "if it takes longer to start, give it the time with --start-timeout SECONDS"


def start(
    command: Command,
    host: str,
    reservation: Reservation,
    patience: float = START_PATIENCE,
    environment: dict[str, str] | None = None,
    gate: Gate | None = None,
) -> Handle:
    """Start a server on the reserved port and wait until it listens.

    `gate` is where its system calls of some kinds stop. The start timeout of its surroundings takes
    the place of `patience`.
    Raises TargetError, with the server's last output, when it cannot be executed, ends, listens
    elsewhere or does not listen within `patience` seconds.
    """
    argv = command.filled(host, reservation.port)
    kept = Kept(
        argv,
        environment if environment is not None else command.environment(),
        command.surroundings.working_directory(),
        program=gate.program if gate else b"",
        open_input=command.surroundings.input is Input.OPEN,
        inherited=command.surroundings.inherited,
        confined=command.surroundings.confined,
    )
    handle = Handle(command, kept, host, reservation.port)
    try:
        handle.open_gate(gate)
        _await_listening(handle, patience)
    except BaseException:
        handle.stop()
        raise
    return handle


def _await_listening(handle: Handle, patience: float) -> None:
    given = handle.command.surroundings.start_timeout
    longest = (given, given) if given is not None else (patience, 3 * patience)
    since = time.monotonic()
    before = handle.look()
    while (found := handle.listening_socket()) is None:
        waited = time.monotonic() - since
        if handle.is_gone():
            ending = handle.ending_of(handle.root)
            raise EndedError(
                f"the server {handle.command} ended before it listened: {ending}", handle.output()
            )
        after = handle.look()
        elsewhere = waited > ELSEWHERE_PATIENCE and handle.listening_sockets()
        still = (waited > 1 and settled.restless(before, after) is None) or (
            elsewhere and resting.at_rest(after)
        )
        # A server that still computes (a virtual machine that starts, a busy machine) gets longer.
        late = waited > longest[0 if resting.at_rest(after) else 1]
        if still or late:
            slow = "" if still else f" within {waited:.1f} s; {MORE_TIME}"
            raise _error(handle, f"{_why_not_listening(handle)}{slow}")
        before = after
        time.sleep(LOOK_INTERVAL)
    handle.listening_inode = found.inode
    holders = processes.holders_of(found.inode, handle.tree())
    handle.listener = _nearest_to_root(handle, holders)


def _nearest_to_root(handle: Handle, holders: tuple[Process, ...]) -> Identity:
    if any(process.identity == handle.root for process in holders):
        return handle.root
    pids = {process.identity.pid for process in holders}
    tops = [process for process in holders if process.parent not in pids] or list(holders)
    oldest = min(tops, key=lambda process: process.identity.start, default=None)
    return oldest.identity if oldest else handle.root


def _why_not_listening(handle: Handle) -> str:
    found = handle.listening_sockets()
    port = handle.endpoint.port
    where = ", ".join(sorted({str(one.local) for one in found}))
    if any(one.local.port == port for one in found):
        return (
            f"listens on {where}, not on {handle.endpoint}: "
            "put {host} into the command, or name its address with --host"
        )
    if where:
        return (
            f"listens on {where}, not on port {port}: "
            "put {port} into the command, or name its fixed port with --port"
        )
    return f"runs but never listened on port {port}"


def _error(handle: Handle, what: str) -> TargetError:
    return TargetError(f"the server {handle.command} {what}", handle.output())
