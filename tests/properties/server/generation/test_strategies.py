"""Generated workloads: valid, within the limits, values that can be remembered."""

from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faults.fault import Fault, Reading
from faults.server.aborted_connections import AbortPending
from faults.server.accept_errors import AcceptError
from faults.server.closed_window import ClosedWindow
from faults.server.cut_wire import CutWire
from faults.server.disconnect_burst import DisconnectBurst
from faults.server.eof_races import EofRace
from faults.server.flooding_client import FloodingClient
from faults.server.fork_errors import ForkError
from faults.server.freeze import Freeze
from faults.server.held_calls import HeldCall
from faults.server.held_listener import HeldListener
from faults.server.host_crash import HostCrash
from faults.server.inherited import StartedWith
from faults.server.io_errors import IoError
from faults.server.killed_children import KillWorker
from faults.server.many_clients import ManyClients
from faults.server.scarce_descriptors import ScarceDescriptors
from faults.server.schedules import Schedule
from faults.server.segments import RULES, Doing, SegmentFault
from faults.server.short_counts import ShortCount
from faults.server.signals import SignalSlowCall
from faults.server.stops import StopServer
from faults.server.unfinished_handshakes import UnfinishedHandshakes
from faults.server.urgent_data import Neighbours, UrgentData
from faults.server_context import ServerContext
from properties.model.role import Family
from properties.model.settings import Limits
from properties.model.steps import Inject, Step, Workload
from properties.server.families import CONTROL, FAMILIES, MIXED
from properties.server.generation.builder import LARGE, MOST_BYTES, MOST_CLIENTS
from properties.server.steps import Close, HalfClose, Open, Receive, Reset, Send, Silence

LIMITS = st.builds(Limits, st.none() | st.integers(1, 12) | st.just(100))

each_family = pytest.mark.parametrize("family", FAMILIES, ids=[f.name for f in FAMILIES])

quickly = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

thoroughly = settings(
    max_examples=100,
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def used_by(fault: Fault[ServerContext]) -> set[int]:
    """Return the clients that a fault needs to be connected."""
    match fault:
        case DisconnectBurst(clients=clients):
            return set(clients)
        case KillWorker(client=client) | SignalSlowCall(client=client) | EofRace(client=client):
            return {client}
        case IoError(client=client) | ShortCount(client=client) | UrgentData(client=client):
            return {client}
        case AbortPending() | Freeze() | ScarceDescriptors() | AcceptError() | ForkError():
            return set()
        case HeldCall() | HeldListener() | FloodingClient() | StartedWith() | ClosedWindow():
            return set()
        case Schedule():
            return set()
        case UnfinishedHandshakes(client=client):
            return {client}
        case StopServer(client=client) | ManyClients(client=client):
            return {client}
        case SegmentFault(client=client) | CutWire(client=client) | HostCrash(client=client):
            return {client}
        case _:
            raise AssertionError(f"say here which clients {fault} needs")


class Crowd:
    """Who is connected while a workload is read step by step."""

    def __init__(self) -> None:
        self.open: set[int] = set()
        self.known: set[int] = set()
        self.most = 0

    def take(self, step: Step) -> None:
        """Follow one step; raise AssertionError when it cannot be made."""
        match step:
            case Open(client):
                self.come(client)
            case Send(client) | Receive(client):
                assert client in self.open
            case HalfClose(client) | Close(client) | Reset(client):
                self.go(client)
            case Inject(fault):
                self.suffer(fault)

    def suffer(self, fault: Fault[ServerContext]) -> None:
        """Follow a fault."""
        assert used_by(fault) <= self.open
        match fault:
            case DisconnectBurst(clients=clients):
                for client in clients:
                    self.go(client)
            case KillWorker(client=client) | EofRace(client=client):
                self.go(client)
            case UrgentData(client=client, neighbours=neighbours):
                if neighbours is Neighbours.FIN:
                    self.go(client)
            case AbortPending(aborted=aborted, good=good):
                for client in (*good, *aborted):
                    self.come(client)
                for client in aborted:
                    self.go(client)
            case _:
                self.suffer_between_hosts(fault)
                self.suffer_at_a_call(fault)

    def suffer_at_a_call(self, fault: Fault[ServerContext]) -> None:
        """Follow a fault that comes at a system call, or makes one fail."""
        match fault:
            case ScarceDescriptors(clients=clients) | AcceptError(clients=clients):
                for client in clients:
                    self.come(client)
            case ForkError(clients=clients):
                for client in clients:
                    self.come(client)
                    self.go(client)
            case (
                HeldCall(client=client, other=other, ended=ended)
                | HeldListener(client=client, other=other, ended=ended)
            ):
                self.come_and_go((other, client), ended)
            case ManyClients(last=last):
                self.come_and_go((last,))
            case FloodingClient(client=client, other=other):
                self.come_and_go((other, client))
            case IoError(client=client, failure=failure, newcomer=newcomer):
                if failure.error != "EINTR":
                    self.go(client)
                self.known.add(newcomer)

    def suffer_between_hosts(self, fault: Fault[ServerContext]) -> None:
        """Follow a fault of the wire, which may number a client that connects."""
        match fault:
            case SegmentFault(client=client, trouble=trouble, newcomer=newcomer):
                self.known.add(newcomer)
                if trouble in RULES and RULES[trouble][0] is Doing.END:
                    self.go(client)
            case UnfinishedHandshakes(newcomer=newcomer) | ClosedWindow(newcomer=newcomer):
                self.known.add(newcomer)
            case HostCrash(client=client, newcomer=newcomer):
                self.known.add(newcomer)
                self.go(client)

    def come_and_go(self, clients: Iterable[int], ended: Iterable[int] = ()) -> None:
        """Connect clients, then end the connections of some."""
        for client in dict.fromkeys(clients):
            self.come(client)
        for client in ended:
            self.go(client)

    def come(self, client: int) -> None:
        """Connect a client; numbers are used once."""
        assert client not in self.known
        self.known.add(client)
        self.open.add(client)
        self.most = max(self.most, len(self.open))

    def go(self, client: int) -> None:
        """End a connection."""
        self.open.remove(client)


def crowd_of(workload: Workload) -> Crowd:
    """Read a workload to its end."""
    crowd = Crowd()
    for step in workload:
        crowd.take(step)
    return crowd


@each_family
@quickly
@given(data=st.data(), limits=LIMITS)
def test_every_workload_opens_a_client_and_never_too_many(
    family: Family, data: st.DataObject, limits: Limits
) -> None:
    crowd = crowd_of(data.draw(family.workloads(limits)))
    assert 1 <= crowd.most <= min(limits.connections or MOST_CLIENTS, MOST_CLIENTS)


@each_family
@quickly
@given(data=st.data())
def test_every_workload_is_a_value_that_can_be_remembered(
    family: Family, data: st.DataObject
) -> None:
    workload = data.draw(family.workloads(Limits()))
    assert isinstance(workload, tuple)
    assert hash(workload) == hash(tuple(workload))
    assert {workload: 1}[tuple(workload)] == 1


@each_family
@quickly
@given(data=st.data())
def test_a_family_injects_its_own_fault_and_control_none(
    family: Family, data: st.DataObject
) -> None:
    workload = data.draw(family.workloads(Limits()))
    injected = [step.fault.name for step in workload if isinstance(step, Inject)]
    if family is CONTROL:
        assert injected == []
    else:
        assert 1 <= len(injected) <= 3
        assert family is MIXED or set(injected) == {family.name}


@thoroughly
@given(workload=MIXED.workloads(Limits()))
def test_a_workload_is_silent_at_most_once_and_before_any_fault(workload: Workload) -> None:
    silences = [place for place, step in enumerate(workload) if isinstance(step, Silence)]
    faults = [place for place, step in enumerate(workload) if isinstance(step, Inject)]
    assert len(silences) <= 1
    assert all(place < faults[0] for place in silences)


@quickly
@given(workload=MIXED.workloads(Limits()))
def test_a_workload_sends_no_more_than_its_budget(workload: Workload) -> None:
    sizes = [step.payload.length for step in workload if isinstance(step, Send)]
    # Once the budget is spent each step still sends one byte.
    assert sum(sizes) <= MOST_BYTES + len(sizes)


@quickly
@given(workload=CONTROL.workloads(Limits()))
def test_pieces_never_make_more_than_a_few_dozen_writes(workload: Workload) -> None:
    for step in workload:
        if isinstance(step, Send) and step.piece:
            assert step.payload.length / step.piece < 128


@pytest.mark.parametrize(
    "limit",
    [
        1,
        2,
        8,
        None,
    ],
)
def test_within_every_limit_a_connection_can_be_reset_in_the_accept_queue(
    limit: int | None,
) -> None:
    family = next(family for family in FAMILIES if family.name == AbortPending.name)
    drawn: list[AbortPending] = []

    @thoroughly
    @given(family.workloads(Limits(limit)))
    def look(workload: Workload) -> None:
        faults = [step.fault for step in workload if isinstance(step, Inject)]
        drawn.extend(fault for fault in faults if isinstance(fault, AbortPending))

    look()
    assert any(fault.aborted for fault in drawn)


def test_the_control_family_reaches_what_it_is_meant_to_reach() -> None:
    reached: set[str] = set()

    @thoroughly
    @given(CONTROL.workloads(Limits()))
    def look(workload: Workload) -> None:
        for step in workload:
            match step:
                case Send(payload=payload) if payload.length >= LARGE:
                    reached.add("a large payload")
                case HalfClose():
                    reached.add("a half-close")
                case Open(reading=Reading.LATE):
                    reached.add("a late reader")
                case Reset():
                    reached.add("a reset")
                case Silence():
                    reached.add("a silence")
        if crowd_of(workload).most >= MOST_CLIENTS // 2:
            reached.add("many clients")

    look()
    assert reached == {
        "a large payload",
        "a half-close",
        "a late reader",
        "a reset",
        "a silence",
        "many clients",
    }
