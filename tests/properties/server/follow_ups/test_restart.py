"""Stopping a server while it serves, and starting it again on its port."""

import errno

import pytest

from properties.model.history import History
from properties.model.settings import Limits, Rules
from properties.server.clients.client_socket import Handshake
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.follow_ups import restart as restarting
from properties.server.follow_ups.events import Restarted
from properties.server.follow_ups.restart import restart
from properties.server.instance import ServerInstance
from target import processes
from target.command import REFERENCE, Command
from target.handle import Handle
from target.sockets import Endpoint
from tests.properties.server_runs import (
    HOST,
    PATIENCE,
    SELECTORS,
    THREADED,
    mutant,
    reserved_port,
    script,
    serving,
)


def restarted(command: Command, limits: Limits | None = None) -> Restarted:
    """Start a server, restart it, stop everything, and return how it went."""
    history = History()
    with serving(command) as server:
        restart(server, Rules(limits or Limits(), PATIENCE), history)
    (event,) = history.events
    assert isinstance(event, Restarted)
    return event


@pytest.mark.parametrize("command", [REFERENCE, script("forking.py")], ids=["reference", "forks"])
def test_a_correct_server_starts_again_beside_its_workers(command: Command) -> None:
    event = restarted(command)
    assert event.succeeded
    assert event.detail.startswith("started again beside ")


@pytest.mark.parametrize("command", [THREADED, SELECTORS], ids=["threads", "selectors"])
def test_a_server_without_workers_starts_again(command: Command) -> None:
    event = restarted(command)
    assert (event.succeeded, event.detail) == (True, "started again")


def test_workers_that_keep_the_listening_socket_are_named() -> None:
    event = restarted(script("forking.py", "keeps-listener"))
    assert not event.succeeded
    assert "workers of the old server still hold its listening socket: " in event.detail
    assert "Address already in use" in event.detail


@pytest.mark.parametrize("how", [(), ("slow",)], ids=["at once", "after a moment"])
def test_a_master_that_does_not_wait_for_the_workers_that_it_ends_starts_again(
    how: tuple[str, ...],
) -> None:
    event = restarted(script("master.py", *how))
    assert event.succeeded, event.detail
    if how:
        assert event.detail.startswith("started again once the old one's processes had ended")


def test_a_listening_socket_of_which_no_holder_can_be_seen_any_more_may_close_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processes, "holders_of", lambda *_: ())
    event = restarted(script("master.py", "slow"))
    assert event.succeeded, event.detail
    assert event.detail.startswith("started again once the old one's processes had ended")


def test_workers_that_outlive_a_killed_master_with_its_listening_socket_are_named() -> None:
    event = restarted(script("master.py", "orphans"))
    assert not event.succeeded
    assert event.detail.startswith("killed by SIGKILL: workers of the old server still hold its ")
    assert "Address already in use" in event.detail


def test_a_server_that_cannot_bind_beside_old_connections_does_not_start_again() -> None:
    event = restarted(script("forking.py", "cannot-rebind"))
    assert not event.succeeded
    assert "still hold" not in event.detail
    assert "Address already in use" in event.detail


def test_a_limit_on_connections_is_kept() -> None:
    event = restarted(REFERENCE, Limits(connections=1))
    assert (event.succeeded, event.detail) == (True, "started again")


def test_a_server_that_we_did_not_start_is_not_stopped() -> None:
    with reserved_port() as unused:
        history = History()
        restart(ServerInstance(Endpoint(HOST, unused.port)), Rules(), history)
    assert history.events == []


def test_where_this_machine_lets_nobody_connect_the_restart_is_not_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def look(handshake: Handshake) -> bool:
        handshake.error = errno.ENETUNREACH
        return False

    monkeypatch.setattr(Handshake, "look", look)
    event = restarted(REFERENCE)
    assert event.inconclusive
    assert event.detail == "this machine did not let us connect: Network is unreachable"


@pytest.mark.parametrize("known", [False, True])
def test_one_that_is_known_to_go_on_for_a_while_is_killed_sooner(
    monkeypatch: pytest.MonkeyPatch, *, known: bool
) -> None:
    given: list[float] = []

    def waits(handle: Handle, patience: float) -> ClientIoLoop:
        given.append(patience)
        return ClientIoLoop(handle, patience)

    monkeypatch.setattr(restarting, "ClientIoLoop", waits)
    monkeypatch.setattr(restarting, "STAYS_ON", 0.0)
    history = History()
    with serving(mutant("stop_joins_clients.py")) as server:
        assert server.handle is not None
        server.handle.pace.stays_on = known
        restart(server, Rules(Limits(), PATIENCE), history)
        assert server.handle.pace.stays_on
    assert given[:2] == [0.0 if known else PATIENCE, PATIENCE]
    assert next(history.of(Restarted)).succeeded


def test_one_that_stops_in_the_end_gets_the_time_for_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(restarting, "STAYS_ON", 0.0)
    with serving(script("forking.py")) as server:
        assert server.handle is not None
        restart(server, Rules(Limits(), PATIENCE), History())
        assert not server.handle.pace.stays_on
