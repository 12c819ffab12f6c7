"""A reserved port has one owner, among all processes, until its owner ends."""

from __future__ import annotations

import contextlib
import random
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from target import ports, sockets
from target.errors import TargetError
from target.sockets import Endpoint, TcpState
from tests.starting import interruptible
from tests.target.programs import PATIENCE, ROOT, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"

RESERVE = """
import sys
from target import ports
wanted = [int(word) for word in sys.argv[1:]] or [None] * 5
held = [ports.reserve("127.0.0.1", port) for port in wanted]
print(*(each.port for each in held), flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def another_run(*wanted: int) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """Run a process that reserves these ports, or five of its own choice, and keeps them."""
    with (
        interruptible(),
        subprocess.Popen(
            [sys.executable, "-c", RESERVE, *map(str, wanted)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            yield process, [int(word) for word in process.stdout.readline().split()]
        finally:
            process.kill()


@pytest.fixture
def quiet_port() -> int:
    """Return a free port below those that are ever reserved by choice or used for going out."""
    while True:
        port = random.randrange(10000, ports.FIRST_PORT)
        if ports.is_free(HOST, port):
            return port


@pytest.fixture
def reservation() -> Iterator[ports.Reservation]:
    found = ports.reserve(HOST)
    yield found
    found.release()


def test_reservations_of_one_process_never_collide() -> None:
    with contextlib.ExitStack() as stack:
        held = [ports.reserve(HOST) for _ in range(20)]
        for each in held:
            stack.callback(each.release)
        assert len({each.port for each in held}) == 20


def test_reservations_of_several_processes_never_collide() -> None:
    with contextlib.ExitStack() as stack:
        taken = [port for _ in range(4) for port in stack.enter_context(another_run())[1]]
        assert len(taken) == 20
        assert len(set(taken)) == 20


def test_processes_that_begin_their_search_at_the_same_port_do_not_collide(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with another_run() as (process, theirs):
        monkeypatch.setattr("os.getpid", lambda: process.pid)
        ours = ports.reserve(HOST)
        ours.release()
        assert ours.port not in theirs


def test_a_port_that_another_run_has_reserved_is_refused_by_name(quiet_port: int) -> None:
    with (
        another_run(quiet_port),
        pytest.raises(TargetError, match=f"^port {quiet_port} is used by another anechoic run"),
    ):
        ports.reserve(HOST, quiet_port)


def test_a_port_is_free_again_when_its_owner_is_killed(quiet_port: int) -> None:
    with another_run(quiet_port) as (process, _):
        process.kill()
        process.wait()
        ports.reserve(HOST, quiet_port).release()


def test_a_port_that_is_given_back_can_be_reserved_again(quiet_port: int) -> None:
    ports.reserve(HOST, quiet_port).release()
    ports.reserve(HOST, quiet_port).release()


def test_giving_a_port_back_twice_is_harmless(quiet_port: int) -> None:
    first = ports.reserve(HOST, quiet_port)
    first.release()
    second = ports.reserve(HOST, quiet_port)
    first.release()
    with pytest.raises(TargetError):
        ports.reserve(HOST, quiet_port)
    second.release()


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "127.0.0.2"])
def test_a_port_that_somebody_listens_on_is_refused_by_name(address: str) -> None:
    with socket.create_server((address, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(TargetError, match=f"^port {port} is in use already"):
            ports.reserve(HOST, port)


def test_a_refused_port_is_not_kept_reserved() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        for _ in range(2):
            with pytest.raises(TargetError, match="is in use already"):
                ports.reserve(HOST, port)


def test_a_port_of_ipv6_that_somebody_listens_on_is_refused() -> None:
    with (
        socket.create_server(("::1", 0), family=socket.AF_INET6) as server,
        pytest.raises(TargetError, match="is in use already"),
    ):
        ports.reserve("::1", server.getsockname()[1])


def test_the_search_goes_past_a_port_that_somebody_listens_on() -> None:
    first = ports.reserve(HOST)
    with socket.create_server((HOST, first.port)):
        first.release()
        second = ports.reserve(HOST)
        second.release()
        assert second.port != first.port


def test_a_reserved_port_can_be_listened_on(reservation: ports.Reservation) -> None:
    with socket.create_server((HOST, reservation.port)) as server:
        assert server.getsockname() == (HOST, reservation.port)


def test_no_outgoing_connection_can_come_to_occupy_a_reserved_port(
    reservation: ports.Reservation,
) -> None:
    ephemeral = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    assert ports.FIRST_PORT <= reservation.port < int(ephemeral[0])


def test_a_port_with_nothing_but_connections_in_time_wait_is_free(
    reservation: ports.Reservation,
) -> None:
    with socket.create_server((HOST, reservation.port)) as server:
        client = socket.create_connection((HOST, reservation.port), timeout=PATIENCE)
        ours, theirs = Endpoint(HOST, reservation.port), Endpoint(*client.getsockname())
        server.accept()[0].close()
        assert client.recv(1) == b""
        client.close()

    def in_time_wait() -> bool:
        found = sockets.find(ours, theirs)
        return found is not None and found.state == TcpState.TIME_WAIT

    wait_until(in_time_wait)
    assert ports.is_free(HOST, reservation.port)
    assert not ports.is_free(HOST, reservation.port, in_time_wait=False)


def test_when_no_port_is_left_the_range_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda *_, **__: False)
    with pytest.raises(TargetError, match=f"no free port between {ports.FIRST_PORT} and .* on ::1"):
        ports.reserve("::1")
