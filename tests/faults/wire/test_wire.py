"""What two real hosts see of each other, as root and as an ordinary user (design: events)."""

import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

import psutil
import pytest

from faults.wire import wire
from faults.wire.rules import Action, Rule
from faults.wire.segments import Direction, Fate, Kind
from faults.wire.tap import put
from faults.wire.wire import PEER, Wire, WireError
from target.hosts import SMALLEST_MTU
from target.sockets import TcpState, state_of
from tests.chambers import each_user, inside, needs_a_chamber
from tests.target.programs import wait_until

pytestmark = needs_a_chamber

IN, OUT = Direction.TO_TARGET, Direction.FROM_TARGET
TARGET = ("127.0.0.1", 9877)
PATIENCE = 20.0
LONG = bytes(range(256)) * 40

Answer = TypeVar("Answer")


def over_wire(work: Callable[[Wire], Answer], user: int | None = None) -> Answer:
    """Return what this returns in a process whose chamber has a second host."""

    def entered() -> Answer:
        found = wire.of_this_process()
        assert found is not None
        found.open("127.0.0.1")
        found.begin()
        return work(found)

    return inside(entered, user, wire.stand_by)


def connecting(between: Wire) -> socket.socket:
    """Return a socket of the peer that has not connected yet."""
    made = between.make_socket()
    made.settimeout(PATIENCE)
    made.bind((PEER, 0))
    return made


@contextmanager
def pair(between: Wire) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Give the peer's end of a connection, and the target's."""
    with socket.create_server(TARGET) as listener, connecting(between) as peers:
        peers.connect(TARGET)
        targets, _ = listener.accept()
        targets.settimeout(PATIENCE)
        with targets:
            yield peers, targets


def error_of(call: Callable[[], object]) -> str:
    """Return the name of the error that a call fails with, or what it returns."""
    try:
        return str(call())
    except OSError as error:
        return errno.errorcode[error.errno or 0]


def echo(one: socket.socket, other: socket.socket, data: bytes) -> bytes:
    """Return what comes back at one end for data that the other end returns."""
    one.sendall(data)
    got = b""
    while len(got) < len(data):
        got += other.recv(1 << 16)
    other.sendall(got)
    back = b""
    while len(back) < len(got):
        back += one.recv(1 << 16)
    return back


@each_user
def test_a_server_on_127_0_0_1_is_reached_by_a_client_of_another_host(user: int | None) -> None:
    def work(between: Wire) -> tuple[bytes, str]:
        with pair(between) as (peers, targets):
            return echo(peers, targets, LONG), targets.getpeername()[0]

    assert over_wire(work, user) == (LONG, PEER)


@each_user
def test_a_client_reaches_a_server_of_the_other_host(user: int | None) -> None:
    def work(between: Wire) -> tuple[bytes, str]:
        listener = connecting(between)
        listener.listen()
        with listener, socket.socket() as targets:
            targets.connect(listener.getsockname())
            accepted, address = listener.accept()
            with accepted:
                return echo(targets, accepted, b"hello"), address[0]

    assert over_wire(work, user) == (b"hello", "127.0.0.1")


@each_user
@pytest.mark.parametrize(
    ("action", "error"),
    [
        (Action.LOSE, "ETIMEDOUT"),
        (Action.HOST_UNREACHABLE, "EHOSTUNREACH"),
        (Action.NETWORK_UNREACHABLE, "ENETUNREACH"),
    ],
)
def test_a_host_that_cannot_be_reached(action: Action, error: str, user: int | None) -> None:
    def work(between: Wire) -> str:
        with between.ruled(Rule(action, IN)), connecting(between) as made:
            return error_of(lambda: made.connect(TARGET))

    assert over_wire(work, user) == error


@each_user
def test_a_host_that_crashes_with_data_on_its_way(user: int | None) -> None:
    def work(between: Wire) -> str:
        with pair(between) as (_, targets), between.ruled(Rule(Action.LOSE)), between.impatient():
            targets.sendall(b"hello")
            return error_of(lambda: targets.recv(1))

    assert over_wire(work, user) == "ETIMEDOUT"


@each_user
def test_a_silent_host_is_found_out_by_keep_alive_probes(user: int | None) -> None:
    def work(between: Wire) -> str:
        between.make_brisk()
        with pair(between) as (_, targets):
            targets.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            with between.ruled(Rule(Action.LOSE)):
                return error_of(lambda: targets.recv(1))

    assert over_wire(work, user) == "ETIMEDOUT"


@each_user
def test_a_host_that_has_booted_again_answers_with_rst(user: int | None) -> None:
    def work(between: Wire) -> str:
        with pair(between) as (peers, targets):
            with between.ruled(Rule(Action.LOSE)):
                reset = (1).to_bytes(4, "little") + bytes(4)
                peers.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                peers.close()
            targets.sendall(b"hello")
            return error_of(lambda: targets.recv(1))

    assert over_wire(work, user) == "ECONNRESET"


def ends_with_fin_and_rst(between: Wire, held: Kind) -> str:
    """Return what a client gets whose server has died: one of FIN and RST is held meanwhile."""
    rule = Rule(Action.HOLD, OUT, frozenset({held}))
    with pair(between) as (client, server), between.ruled(rule) as number:
        server.close()
        client.sendall(b"another line")
        wait_until(lambda: between.hits(number) > 0)
        if held is Kind.FIN:
            wait_until(lambda: state_of(client) is TcpState.CLOSE)
        return error_of(lambda: client.recv(1))


@pytest.mark.parametrize(("held", "got"), [(Kind.RST, "b''"), (Kind.FIN, "ECONNRESET")])
def test_whether_a_client_gets_eof_or_a_reset_is_decided(held: Kind, got: str) -> None:
    """UNP 5.12: "the timing" is ours, fifty times of fifty."""
    found = over_wire(lambda between: [ends_with_fin_and_rst(between, held) for _ in range(50)])
    assert found == [got] * 50


@pytest.mark.parametrize("kind", [Kind.DATA, Kind.ACK])
@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("action", [Action.LOSE, Action.DOUBLE, Action.OVERTAKEN])
def test_tcp_makes_up_for_a_segment(action: Action, direction: Direction, kind: Kind) -> None:
    def work(between: Wire) -> bytes:
        rule = Rule(action, direction, frozenset({kind}), count=1)
        with pair(between) as (peers, targets), between.ruled(rule) as number:
            back = echo(peers, targets, LONG)
            # An acknowledgement may be delayed.
            wait_until(lambda: between.hits(number) == 1)
        return back

    assert over_wire(work) == LONG


def test_small_packets_carry_all_the_same() -> None:
    def work(between: Wire) -> tuple[bytes, int, int]:
        between.set_mtu(SMALLEST_MTU)
        with pair(between) as (peers, targets):
            back = echo(peers, targets, LONG)
        longest = max(one.length for one in between.log())
        between.begin()
        with pair(between) as (peers, targets):
            echo(peers, targets, LONG)
        return back, longest, max(one.length for one in between.log())

    back, small, usual = over_wire(work)
    assert back == LONG
    assert small <= SMALLEST_MTU - 40 < usual <= 1460


def test_what_is_on_its_way_when_packets_become_small_comes_all_the_same() -> None:
    def work(between: Wire) -> bytes:
        hold = Rule(Action.HOLD, IN, frozenset({Kind.DATA}))
        with pair(between) as (peers, targets):
            with between.ruled(hold) as number:
                peers.sendall(LONG)
                wait_until(lambda: between.hits(number) > 1)
                between.set_mtu(SMALLEST_MTU)
            got = b""
            while len(got) < len(LONG):
                got += targets.recv(1 << 16)
        return got

    assert over_wire(work) == LONG


def test_what_is_held_goes_on_when_the_rule_is_lifted() -> None:
    def work(between: Wire) -> tuple[bytes, list[Fate]]:
        hold = Rule(Action.HOLD, IN, frozenset({Kind.DATA}), count=1)
        with pair(between) as (peers, targets):
            with between.ruled(hold) as number:
                peers.send(b"x")
                wait_until(lambda: between.hits(number) == 1)
            got = targets.recv(1)
        return got, [one.fate for one in between.log() if one.kind is Kind.DATA]

    got, fates = over_wire(work)
    assert got == b"x"
    assert fates[0] is Fate.HELD
    assert Fate.RELEASED in fates


def test_every_segment_is_seen() -> None:
    def work(between: Wire) -> list[tuple[Direction, str, int]]:
        with pair(between) as (peers, targets):
            echo(peers, targets, b"hi")
            peers.close()
            targets.recv(1)
        wait_until(lambda: sum(one.kind is Kind.FIN for one in between.log()) == 2)
        return [(one.direction, one.names, one.length) for one in between.log()]

    found = over_wire(work)
    assert found[:3] == [(IN, "SYN", 0), (OUT, "SYN, ACK", 0), (IN, "ACK", 0)]
    assert [one for one in found if one[2]] == [(IN, "ACK", 2), (OUT, "ACK", 2)]


def setting(name: str) -> str:
    with open(f"/proc/sys/net/ipv4/{name}") as file:
        return file.read().strip()


def test_the_settings_of_the_target_s_host_are_the_usual_ones_afterwards() -> None:
    def work(between: Wire) -> list[tuple[str, str]]:
        seen = []

        def look() -> None:
            seen.append((setting("tcp_syn_retries"), setting("tcp_retries2")))

        look()
        between.make_brisk()
        between.make_brisk()
        look()
        with between.impatient():
            look()
        look()
        between.make_usual()
        look()
        return seen

    before, brisk, impatient, patient, after = over_wire(work)
    assert (brisk, impatient) == (("1", before[1]), ("1", "1"))
    assert (patient, after) == (brisk, before)


def test_what_a_connection_has_measured_is_not_kept_for_the_next() -> None:
    def work(between: Wire) -> str:
        between.make_brisk()
        return setting("tcp_no_metrics_save")

    assert over_wire(work) == "1"


def test_a_wire_that_was_ended_from_outside_says_so() -> None:
    def work(between: Wire) -> str:
        (carrier,) = psutil.Process().children()
        carrier.kill()
        try:
            between.hits(1)
        except WireError as error:
            return str(error)
        return ""

    assert "ended" in over_wire(work)


def test_outside_of_a_chamber_there_is_none() -> None:
    assert wire.of_this_process() is None
    assert wire.why_none("127.0.0.1") == wire.NO_CHAMBER


def test_with_ipv6_there_is_none() -> None:
    assert inside(lambda: wire.why_none("::1"), with_rights=wire.stand_by) == wire.ONLY_IPV4


class Crowded:
    """A packet socket whose device has no room at first."""

    def __init__(self, *errors: int) -> None:
        self.errors = list(errors)
        self.sent: list[bytes] = []

    def send(self, frame: bytes) -> None:
        """Fail as often as it was told to."""
        if self.errors:
            raise OSError(self.errors.pop(0), "")
        self.sent.append(frame)


def test_a_frame_waits_for_room_in_the_device() -> None:
    device = Crowded(errno.ENOBUFS, errno.ENOBUFS)
    assert put(cast("socket.socket", device), b"frame")
    assert device.sent == [b"frame"]


def test_a_frame_that_is_too_long_is_lost() -> None:
    device = Crowded(errno.EMSGSIZE)
    assert not put(cast("socket.socket", device), b"frame")
    assert device.sent == []


def test_no_host_has_an_address_for_which_a_resolver_would_leave_out_those_of_ipv4() -> None:
    def of_devices(_: Wire) -> set[str]:
        each = {name: found for name, found in psutil.net_if_addrs().items() if name != "lo"}
        inet = (socket.AF_INET, socket.AF_INET6)
        return {one.address for found in each.values() for one in found if one.family in inet}

    assert over_wire(of_devices) == set()
