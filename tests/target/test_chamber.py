"""A private network: what a process that enters one has, and what it has not."""

import ctypes
import errno
import os
import socket

import pytest

from target import chamber, namespaces, ports, sockets
from target.chamber import ChamberError
from tests.chambers import NOBODY, each_user, inside, needs_a_chamber

pytestmark = needs_a_chamber


def echo_of_ourselves(host: str, port: int) -> bytes:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, port), family=family) as server,
        socket.socket(family) as client,
    ):
        client.connect((host, port))
        client.sendall(b"x")
        return server.accept()[0].recv(1)


@each_user
@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1"])
def test_loopback_works_and_every_port_may_be_used(host: str, user: int | None) -> None:
    assert inside(lambda: echo_of_ourselves(host, 7), user) == b"x"


@each_user
def test_our_ids_are_the_same_inside(user: int | None) -> None:
    expected = (os.getuid(), os.getgid()) if user is None else (user, user)
    assert inside(lambda: (os.getuid(), os.getgid()), user) == expected


def test_nobody_gains_no_capability() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")

    def held() -> list[str]:
        with open("/proc/self/status") as file:
            return [line.split()[1] for line in file if line.startswith(("CapEff", "CapPrm"))]

    assert inside(held, NOBODY) == ["0" * 16] * 2


def test_what_listens_outside_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as outside:
        address = outside.getsockname()
        assert inside(lambda: socket.socket().connect_ex(address)) != 0
        assert inside(lambda: ports.is_free("127.0.0.1", address[1]))


def test_one_can_be_entered_from_another() -> None:
    def twice() -> bytes:
        chamber.enter()
        return echo_of_ourselves("127.0.0.1", 7)

    assert inside(twice) == b"x"


def test_a_dump_shows_the_sockets_of_the_chamber_alone() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as outside,
        socket.create_connection(outside.getsockname()),
    ):
        assert inside(lambda: list(sockets.connected())) == []


def segments() -> list[str]:
    with open("/proc/sysvipc/shm") as file:
        return file.read().splitlines()[1:]


@each_user
def test_a_segment_that_a_killed_target_leaves_ends_with_the_chamber(user: int | None) -> None:
    def left() -> int:
        private, created, size = 0, 0o1600, 56
        ctypes.CDLL(None).shmget(private, ctypes.c_size_t(size), created)
        return len(segments())

    before = segments()
    assert inside(left, user) == 1
    assert segments() == before


def test_trying_it_out_changes_nothing_here() -> None:
    before = os.readlink("/proc/self/ns/net")
    assert chamber.why_not() == ""
    assert os.readlink("/proc/self/ns/net") == before


def test_where_namespaces_are_forbidden_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Forbids:
        @staticmethod
        def unshare(_flags: int) -> int:
            ctypes.set_errno(errno.EPERM)
            return -1

    monkeypatch.setattr(namespaces, "_libc", Forbids)
    assert chamber.why_not() == "no network namespace can be made: Operation not permitted"
    with pytest.raises(ChamberError):
        chamber.enter()


@pytest.mark.parametrize(
    ("host", "does"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("192.0.2.1", False)]
)
def test_only_loopback_addresses_are_there(host: str, does: bool) -> None:
    assert chamber.suits(host) is does
