"""Each rung of the ladder makes the mistake it is kept for, every time, and the last makes none."""

from __future__ import annotations

import os
import signal
import socket

import pytest

from tests.target.programs import (
    PATIENCE,
    close_together,
    connected,
    echo,
    serving,
    settle,
    state_of,
    stderr_of,
    wait_until,
    waits_for_clients,
    zombies_of,
)

RUNGS = ("tcpserv01", "tcpserv02", "tcpserv03", "tcpserv04")


@pytest.mark.parametrize("program", RUNGS)
def test_every_rung_echoes(program: str) -> None:
    with (
        serving(program) as (_, address),
        socket.create_connection(address, timeout=PATIENCE) as client,
    ):
        assert echo(client, b"hello, world\n") == b"hello, world\n"


def test_tcpserv01_leaves_a_zombie_for_every_client() -> None:
    with serving("tcpserv01") as (server, address):
        for client in connected(address, 3):
            client.close()
        settle(server.pid)
        assert len(zombies_of(server.pid)) == 3


def test_tcpserv02_is_ended_by_its_first_client_that_goes() -> None:
    with serving("tcpserv02") as (server, address):
        connected(address, 1)[0].close()
        assert stderr_of(server) == "accept error: Interrupted system call\n"
        assert server.returncode == 1


def test_tcpserv02_ends_also_when_the_client_is_gone_before_it_is_served() -> None:
    with serving("tcpserv02") as (server, address):
        socket.create_connection(address).close()
        assert "Interrupted system call" in stderr_of(server)


def test_tcpserv03_reaps_workers_that_end_one_at_a_time() -> None:
    with serving("tcpserv03") as (server, address):
        for _ in range(3):
            connected(address, 1)[0].close()
            settle(server.pid)
            assert zombies_of(server.pid) == []


@pytest.mark.parametrize("clients", [2, 5])
def test_tcpserv03_leaves_all_but_one_of_the_workers_that_end_together(clients: int) -> None:
    with serving("tcpserv03") as (server, address):
        close_together(server, connected(address, clients))
        settle(server.pid)
        assert len(zombies_of(server.pid)) == clients - 1


@pytest.mark.parametrize("clients", [1, 2, 40])
def test_tcpserv04_reaps_all_workers_that_end_together(clients: int) -> None:
    with serving("tcpserv04") as (server, address):
        for _ in range(5):
            close_together(server, connected(address, clients))
            settle(server.pid)
            assert zombies_of(server.pid) == []


def test_tcpserv04_never_sleeps_through_the_end_of_a_worker() -> None:
    with serving("tcpserv04") as (server, address):
        for _ in range(40):
            for client in [socket.create_connection(address) for _ in range(10)]:
                client.close()
            settle(server.pid)
            assert zombies_of(server.pid) == []


def test_tcpserv04_serves_on_after_a_sigchld_that_no_child_sent() -> None:
    with serving("tcpserv04") as (server, address):
        client = connected(address, 1)[0]
        os.kill(server.pid, signal.SIGCHLD)
        wait_until(lambda: waits_for_clients(server.pid))
        assert echo(client, b"still here") == b"still here"
        client.close()


@pytest.mark.parametrize("program", RUNGS)
def test_a_freeze_alone_ends_no_rung(program: str) -> None:
    with serving(program) as (server, address):
        os.kill(server.pid, signal.SIGSTOP)
        wait_until(lambda: state_of(server.pid) == "T")
        os.kill(server.pid, signal.SIGCONT)
        wait_until(lambda: state_of(server.pid) == "S" and waits_for_clients(server.pid))
        connected(address, 1)[0].close()


def test_a_rung_keeps_its_mistake_when_its_parent_ignores_sigchld() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with serving("tcpserv01") as (server, address):
            signal.signal(signal.SIGCHLD, before)
            connected(address, 1)[0].close()
            settle(server.pid)
            assert len(zombies_of(server.pid)) == 1
    finally:
        signal.signal(signal.SIGCHLD, before)
