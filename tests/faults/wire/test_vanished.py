"""A host that vanishes without a segment, on one host alone: TCP_REPAIR, then close (tcp(7)).

The right to it is CAP_NET_ADMIN in the user namespace that the network belongs to. The maker of a
chamber has it, root or not, until an ordinary user's chamber gives it up; over a wire the same is
done by losing segments, without it.
"""

import errno
import os
import socket
from collections.abc import Callable

import pytest

from target.sockets import TcpState, state_of
from tests.chambers import NOBODY, each_user, inside, needs_a_chamber

pytestmark = needs_a_chamber

TCP_REPAIR = 19
"""Of linux/tcp.h; Python 3.11 has no name for it."""

Seen = tuple[str, str, str]


def vanished() -> Seen:
    """Let a client vanish; return the server's state then, and what its next two calls do."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Not create_connection(): another user may not read the codec of names that it loads.
        client = socket.socket()
        client.connect(listener.getsockname())
        server, _ = listener.accept()
    with server:
        client.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        client.close()
        state = TcpState(state_of(server)).name
        return state, said(lambda: server.send(b"hello")), said(lambda: server.recv(1))


def said(call: Callable[[], object]) -> str:
    """Return what a call returns, or the name of its error."""
    try:
        return str(call())
    except OSError as error:
        return errno.errorcode[error.errno or 0]


@each_user
def test_the_other_side_learns_it_when_it_writes(user: int | None) -> None:
    seen: list[Seen] = []

    def work() -> Seen:
        return seen[0]

    assert inside(work, user, lambda: seen.append(vanished())) == (
        "ESTABLISHED",
        "5",
        "ECONNRESET",
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be another user")
def test_a_user_who_has_given_up_the_right_is_refused() -> None:
    assert inside(lambda: said(vanished), NOBODY) == "EPERM"
