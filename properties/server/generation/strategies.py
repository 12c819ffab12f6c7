"""Workloads as Hypothesis makes them: generation only, nothing here acts.

A workload is drawn step by step: a builder knows which clients are open, and each step is drawn
from what they can do next. Of each choice the simplest comes first: few clients, few and short
payloads, eager readers, and of a fault's parameters the first of each kind.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from faults.fault import Fault, Reading
from faults.harmless_signals import SignalName
from faults.payloads import HEAVY, Content, Payload
from faults.server.aborted_connections import AbortPending, Order
from faults.server.disconnect_burst import DRAWN as DRAWN_MANNERS
from faults.server.disconnect_burst import DisconnectBurst
from faults.server.eof_races import EofRace, Race
from faults.server.freeze import Freeze
from faults.server.inherited import Inheritance, StartedWith
from faults.server.killed_children import OF_A_POOL, KillMoment, KillSignal, KillWorker
from faults.server.many_clients import ManyClients
from faults.server.signals import SignalSlowCall, SlowCall
from faults.server.stops import StopMoment, StopServer, StopSignal, StopTo
from faults.server.urgent_data import Neighbours, UrgentData
from faults.server_context import ServerContext
from properties.engine.choosing import among, between, composed, either, one_of
from properties.model.settings import Limits
from properties.model.steps import Inject, Workload
from properties.server.generation.builder import MOST_CLIENTS, WorkloadBuilder
from properties.server.generation.gate_faults import GATE_FAULT_STRATEGIES
from properties.server.generation.wire_faults import WIRE_FAULT_STRATEGIES
from properties.server.steps import Close, HalfClose, Open, Receive, Reset, Send, Silence

if TYPE_CHECKING:
    from hypothesis import strategies as st

MOST_ACTIONS = 10


# What clients do between faults.


def _send(builder: WorkloadBuilder) -> None:
    client, payload = builder.some_client(), builder.payload()
    builder.steps.append(Send(client, payload, builder.piece(payload.length)))


def _exchange(builder: WorkloadBuilder) -> None:
    client = builder.some_client()
    builder.steps += [Send(client, builder.payload()), Receive(client)]


def _receive(builder: WorkloadBuilder) -> None:
    builder.steps.append(Receive(builder.some_client()))


def _half_close(builder: WorkloadBuilder) -> None:
    client = builder.some_client()
    builder.steps.append(HalfClose(client))
    builder.forget(client)


def _close(builder: WorkloadBuilder) -> None:
    client = builder.some_client()
    builder.steps.append(Close(client))
    builder.forget(client)


def _reset(builder: WorkloadBuilder) -> None:
    client = builder.some_client()
    builder.steps.append(Reset(client))
    builder.forget(client)


def _open_one(builder: WorkloadBuilder) -> None:
    builder.open_clients(1, builder.draw(among(*Reading)))


def _new_client(builder: WorkloadBuilder) -> None:
    """Open a client while the others are still there, and wait for its echo."""
    for client in builder.open_clients(1):
        builder.steps += [Send(client, builder.a_word()), Receive(client)]


def _short_lived_clients(builder: WorkloadBuilder) -> None:
    """Open, serve and close clients, one after the other, while those that are there stay.

    Many of them are a corner of traffic, which is swept.
    """
    for _ in range(builder.draw(among(2, 5, 5 if builder.is_gated else 20))):
        for client in builder.new_clients(1):
            builder.steps += [Open(client), Send(client, builder.a_word())]
            builder.steps += [Receive(client), Close(client)]


Action = Callable[[WorkloadBuilder], None]

_TRAFFIC: tuple[Action, ...] = (
    _exchange,
    _send,
    _exchange,
    _send,
    _open_one,
    _receive,
    _half_close,
    _short_lived_clients,
)
_ENDINGS: tuple[Action, ...] = (_close, _reset)


def _traffic(builder: WorkloadBuilder, most: int, actions: tuple[Action, ...] = _TRAFFIC) -> None:
    for _ in range(builder.draw(between(0, most))):
        action = builder.draw(among(*actions))
        if builder.open or action is _open_one:
            action(builder)


def _clients(builder: WorkloadBuilder, least: int = 1) -> None:
    """Open a few clients, sometimes dozens, some of them slow or late."""
    count = builder.draw(
        one_of(
            between(least, least + 3),
            between(least, 12),
            between(least, MOST_CLIENTS),
        )
    )
    reading = builder.draw(among(Reading.EAGER, Reading.EAGER, Reading.SLOW, Reading.LATE))
    first = builder.open_clients(min(count, 3), reading)
    if first and reading is Reading.LATE and builder.draw(either()):
        builder.steps.append(Send(first[0], Payload(Content.LETTERS, HEAVY)))
        builder.budget = max(1, builder.budget - HEAVY)
    builder.open_clients(max(0, count - 3))


# Faults, drawn for the clients that are open.


def _freeze(builder: WorkloadBuilder) -> Fault[ServerContext]:
    del builder
    return Freeze()


def _signal(builder: WorkloadBuilder) -> Fault[ServerContext]:
    call = builder.draw(among(*SlowCall))
    client = builder.some_client()
    return SignalSlowCall(
        client=client,
        call=call,
        signal=builder.draw(one_of(among(SignalName.CAUGHT), among(*SignalName))),
        count=builder.draw(among(1, 2, 20)),
        volley=builder.draw(either()),
    )


def _burst(builder: WorkloadBuilder) -> Fault[ServerContext]:
    most = len(builder.open)
    count = builder.draw(one_of(between(1, most), among(most)))
    clients = tuple(builder.open[:count])
    for client in clients:
        builder.forget(client)
    return DisconnectBurst(
        clients=clients,
        manner=builder.draw(among(*DRAWN_MANNERS)),
        frozen=builder.draw(among(True, True, False)),
    )


def _kill(builder: WorkloadBuilder) -> Fault[ServerContext]:
    client = builder.some_client()
    builder.forget(client)
    return KillWorker(
        client=client,
        signal=builder.draw(among(*KillSignal)),
        moment=builder.draw(among(*(m for m in KillMoment if m not in OF_A_POOL))),
    )


def _abort(builder: WorkloadBuilder) -> Fault[ServerContext]:
    if builder.room == 0:
        _close(builder)
    good = builder.new_clients(min(builder.draw(between(0, 3)), builder.room - 1))
    aborted = builder.new_clients(min(builder.draw(between(1, 8)), builder.room - len(good)))
    builder.open += good
    return AbortPending(
        aborted=aborted,
        good=good,
        order=builder.draw(among(*Order)),
        with_data=builder.draw(either()),
    )


def _race(builder: WorkloadBuilder) -> Fault[ServerContext]:
    client = builder.some_client()
    builder.forget(client)
    return EofRace(
        frozen=builder.draw(either()),
        client=client,
        race=builder.draw(among(*Race)),
        payload=builder.payload(),
    )


def _stop(builder: WorkloadBuilder) -> Fault[ServerContext]:
    moments = [one for one in StopMoment if one is not StopMoment.IDLE]
    return StopServer(
        client=builder.some_client(),
        signal=builder.draw(among(*StopSignal)),
        to=builder.draw(among(*StopTo)),
        moment=builder.draw(among(*moments)),
    )


def _urgent(builder: WorkloadBuilder) -> Fault[ServerContext]:
    neighbours = builder.draw(among(*Neighbours))
    client = builder.some_client()
    if neighbours is Neighbours.FIN:
        builder.forget(client)
    return UrgentData(client, neighbours)


FaultStrategy = Callable[[WorkloadBuilder], Fault[ServerContext]]


def _inject(builder: WorkloadBuilder, strategy: FaultStrategy) -> None:
    if not builder.open:
        builder.open_clients(1)
    if builder.open:
        builder.steps.append(Inject(strategy(builder)))


_IS_SILENT = (*[False] * 7, True)
"""Rarely: whether silent clients are cut off depends on little else."""


_AT_A_GATE = frozenset(GATE_FAULT_STRATEGIES.values())


@composed
def workloads(draw: "st.DrawFn", strategies: tuple[FaultStrategy, ...], limits: Limits) -> Workload:
    """Draw a workload with one to three faults out of `strategies`, none if there are none.

    Every workload opens at least one client.
    """
    is_gated = not _AT_A_GATE.isdisjoint(strategies)
    builder = WorkloadBuilder(draw, limits, is_gated=is_gated)
    is_silent = draw(among(*_IS_SILENT))
    _clients(builder)
    _traffic(builder, MOST_ACTIONS)
    if is_silent:
        # Before any fault, so that no fault can be the cause when a silent client is cut off.
        builder.steps.append(Silence())
    if strategies:
        for _ in range(draw(between(1, 3))):
            _inject(builder, draw(among(*strategies)))
            if draw(either()):
                _new_client(builder)
            _traffic(builder, 3)
    else:
        _traffic(builder, MOST_ACTIONS, _TRAFFIC + _ENDINGS)
    return tuple(builder.steps)


@composed
def stopping_workloads(draw: "st.DrawFn", limits: Limits) -> Workload:
    """Draw a workload of a few clients, each served once, of which the server is to end."""
    builder = WorkloadBuilder(draw, limits)
    for client in builder.open_clients(draw(between(1, 4))):
        builder.steps += [Send(client, builder.a_word()), Receive(client)]
    builder.steps.append(Inject(_stop(builder)))
    return tuple(builder.steps)


def _started(builder: WorkloadBuilder) -> Fault[ServerContext]:
    return StartedWith(builder.draw(among(*Inheritance)))


def _many_clients(builder: WorkloadBuilder) -> Fault[ServerContext]:
    client = builder.some_client()
    builder.make_room(1)
    (last,) = builder.new_clients(1)
    builder.open.append(last)
    return ManyClients(client, last)


FAULT_STRATEGIES: dict[type[Fault[ServerContext]], FaultStrategy] = {
    Freeze: _freeze,
    SignalSlowCall: _signal,
    DisconnectBurst: _burst,
    KillWorker: _kill,
    StopServer: _stop,
    AbortPending: _abort,
    EofRace: _race,
    UrgentData: _urgent,
    StartedWith: _started,
    ManyClients: _many_clients,
    **GATE_FAULT_STRATEGIES,
    **WIRE_FAULT_STRATEGIES,
}
"""How each fault is drawn."""
