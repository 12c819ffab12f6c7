"""What every act of the book's sections needs: to look, to wait for what is seen, to read along."""

import select
import time
from collections.abc import Callable

from faults.conditions import calls_of
from target import client_handle, processes
from target.held import Ending
from target.processes import Identity
from tests.properties.server_runs import PATIENCE

IN_ACCEPT = {"ppoll"}
"""The reference's slow call is ppoll() and then accept(), see `target/echo_server.py`."""

IN_READ = {"read"}

TERMINATED = b"str_cli: server terminated prematurely\n"
EXITED, FAILED = Ending(0, None), Ending(1, None)


def eventually(look: Callable[[], object], expected: object) -> None:
    """Return as soon as this is what is seen; fail when it is not for very long."""
    deadline = time.monotonic() + PATIENCE
    while (seen := look()) != expected and time.monotonic() < deadline:
        time.sleep(0.001)
    assert seen == expected


def sleeps_in(identity: Identity) -> set[str]:
    process = processes.look_at(identity.pid)
    return calls_of(process) if process and process.identity == identity else set()


def said(descriptor: int) -> bytes:
    """Return what comes next from the client, b"" when nothing does or it has ended."""
    ready = select.select([descriptor], [], [], PATIENCE)[0]
    return (client_handle.read(descriptor) or b"") if ready else b""
