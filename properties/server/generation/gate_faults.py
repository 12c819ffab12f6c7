"""How faults that come at a system call, or make one fail, are drawn: generation only."""

from collections.abc import Callable
from dataclasses import replace

from faults.fault import Fault
from faults.gate.calls import Kind
from faults.scheduling.actors import LISTENER
from faults.scheduling.deeds import Deed, What
from faults.scheduling.priorities import WORKER
from faults.server.accept_errors import OF_A_CONNECTION, AcceptErrno, AcceptError
from faults.server.flooding_client import FloodingClient
from faults.server.fork_errors import ForkErrno, ForkError
from faults.server.held_calls import HeldCall, Meanwhile, Place
from faults.server.held_listener import CALLS, HeldListener, ListenerEvent
from faults.server.io_errors import IoError, IoFailure
from faults.server.scarce_descriptors import ScarceDescriptors
from faults.server.schedules import Schedule
from faults.server.short_counts import ShortCall, ShortCount
from faults.server_context import ServerContext
from properties.engine.choosing import among, any_order, between, one_of
from properties.server.generation.builder import WorkloadBuilder

_FEW = (1, 2, 3)


def _new_clients(builder: WorkloadBuilder, most: int) -> tuple[int, ...]:
    """Return clients that the fault itself will open; one is closed where there is no room."""
    builder.make_room(1)
    return builder.new_clients(min(builder.draw(between(1, most)), builder.room))


def _scarce(builder: WorkloadBuilder) -> Fault[ServerContext]:
    clients = _new_clients(builder, 4)
    builder.open += clients
    return ScarceDescriptors(clients, builder.draw(among(0, 0, 0, 1)))


def _accept_error(builder: WorkloadBuilder) -> Fault[ServerContext]:
    # Servers distinguish the first few, and treat all others alike.
    error = builder.draw(one_of(among(*list(AcceptErrno)[:4]), among(*AcceptErrno)))
    count = builder.draw(among(*_FEW))
    if error in OF_A_CONNECTION:
        # A listener that sleeps in accept has called it before the first of them connects.
        builder.make_room(count + 1)
        clients = builder.new_clients(count + 1)
    else:
        clients = _new_clients(builder, 3)
    builder.open += clients
    return AcceptError(clients, error, count)


def _fork_error(builder: WorkloadBuilder) -> Fault[ServerContext]:
    return ForkError(_new_clients(builder, 3), builder.draw(among(*ForkErrno)))


def _io_error(builder: WorkloadBuilder) -> Fault[ServerContext]:
    client, failure = builder.some_client(), builder.draw(among(*IoFailure))
    # Of several calls of poll in a row each may be for another client: only the first is certain.
    nth, count = 1 if failure.kind is Kind.WAIT else builder.draw(among(*_FEW)), 1
    if failure.error == "EINTR":
        count = builder.draw(among(*_FEW))
    else:
        builder.forget(client)
    # Whether there is room for one more is checked when the fault is applied.
    new_client, builder.next_client = builder.next_client, builder.next_client + 1
    return IoError(client, failure, nth, count, new_client)


def _short_count(builder: WorkloadBuilder) -> Fault[ServerContext]:
    payload = builder.payload()
    longest = max(2, payload.length)
    return ShortCount(
        client=builder.some_client(),
        call=builder.draw(among(*ShortCall)),
        length=builder.draw(among(*(n for n in (1, 2, 7, 100) if n < longest))),
        count=builder.draw(among(1, 2, 20)),
        payload=replace(payload, length=longest),
    )


def _held_call(builder: WorkloadBuilder) -> Fault[ServerContext]:
    builder.make_room(2)
    clients = builder.new_clients(2)
    fault = HeldCall(
        client=clients[0],
        other=clients[-1],
        place=builder.draw(among(*Place)),
        meanwhile=builder.draw(among(*Meanwhile)),
    )
    builder.open += [client for client in clients if client not in fault.ended]
    return fault


def _held_listener(builder: WorkloadBuilder) -> Fault[ServerContext]:
    builder.make_room(2)
    clients = builder.new_clients(2)
    event = builder.draw(among(*ListenerEvent))
    call = builder.draw(among(*CALLS[event]))
    fault = HeldListener(clients[0], clients[-1], call, event)
    builder.open += [client for client in clients if client not in fault.ended]
    return fault


def _flood(builder: WorkloadBuilder) -> Fault[ServerContext]:
    builder.make_room(2)
    clients = builder.new_clients(2)
    builder.open += clients
    return FloodingClient(clients[0], clients[-1])


def _schedule(builder: WorkloadBuilder) -> Fault[ServerContext]:
    builder.make_room(2)
    deeds: list[Deed] = []
    for client in builder.new_clients(2):
        end = builder.draw(among(What.CLOSE, What.HALF_CLOSE, What.RESET))
        deeds += [Deed(client, what) for what in (What.CONNECT, What.SEND, end)]
    actors = [*dict.fromkeys(deed.actor for deed in deeds), LISTENER, f"{WORKER} 1", f"{WORKER} 2"]
    return Schedule(tuple(deeds), order=tuple(builder.draw(any_order(actors))))


GATE_FAULT_STRATEGIES: dict[
    type[Fault[ServerContext]], Callable[[WorkloadBuilder], Fault[ServerContext]]
] = {
    ScarceDescriptors: _scarce,
    AcceptError: _accept_error,
    ForkError: _fork_error,
    IoError: _io_error,
    ShortCount: _short_count,
    HeldCall: _held_call,
    HeldListener: _held_listener,
    Schedule: _schedule,
    FloodingClient: _flood,
}
"""How each of them is drawn."""
