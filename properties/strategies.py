"""Workloads as Hypothesis makes them: generation only, nothing here acts.

A workload is drawn as a walk: a state remembers which clients are open, and each step is drawn from
what they can do next. Of each choice the simplest comes first: few clients, few and short payloads,
eager readers, and of a fault's parameters the first of each kind.
"""

from collections.abc import Callable

from hypothesis import strategies as st

from faults.abort_pending import AbortPending, Order
from faults.disconnect_burst import DisconnectBurst, Manner
from faults.eof_race import EofRace, Race
from faults.fault import Fault, Reading
from faults.freeze import Freeze
from faults.kill_worker import KillMoment, KillSignal, KillWorker
from faults.payloads import Content, Payload
from faults.signal_slow_call import SignalName, SignalSlowCall, SlowCall
from properties.drawings_at_calls import DRAWINGS_AT_CALLS
from properties.server import Limits
from properties.steps import Close, HalfClose, Inject, Open, Receive, Reset, Send, Silence, Workload
from properties.walk import HEAVY, MOST_CLIENTS, Walk

MOST_ACTIONS = 10


# What clients do between faults.


def _send(walk: Walk) -> None:
    client, payload = walk.some_client(), walk.payload()
    walk.steps.append(Send(client, payload, walk.piece(payload.length)))


def _exchange(walk: Walk) -> None:
    client = walk.some_client()
    walk.steps += [Send(client, walk.payload()), Receive(client)]


def _receive(walk: Walk) -> None:
    walk.steps.append(Receive(walk.some_client()))


def _half_close(walk: Walk) -> None:
    client = walk.some_client()
    walk.steps.append(HalfClose(client))
    walk.forget(client)


def _close(walk: Walk) -> None:
    client = walk.some_client()
    walk.steps.append(Close(client))
    walk.forget(client)


def _reset(walk: Walk) -> None:
    client = walk.some_client()
    walk.steps.append(Reset(client))
    walk.forget(client)


def _open_one(walk: Walk) -> None:
    walk.open_clients(1, walk.draw(st.sampled_from(Reading)))


def _newcomer(walk: Walk) -> None:
    """Somebody comes while the others are still there, and wants to be served."""
    for client in walk.open_clients(1):
        walk.steps += [Send(client, walk.a_word()), Receive(client)]


def _visitors(walk: Walk) -> None:
    """Others come and go, one after the other, while those who are there stay."""
    for _ in range(walk.draw(st.sampled_from((2, 5, 20, 70)))):
        for client in walk.new_clients(1):
            walk.steps += [Open(client), Send(client, walk.a_word())]
            walk.steps += [Receive(client), Close(client)]


Action = Callable[[Walk], None]

_TRAFFIC: tuple[Action, ...] = (
    _exchange,
    _send,
    _exchange,
    _send,
    _open_one,
    _receive,
    _half_close,
    _visitors,
)
_ENDINGS: tuple[Action, ...] = (_close, _reset)


def _traffic(walk: Walk, most: int, actions: tuple[Action, ...] = _TRAFFIC) -> None:
    for _ in range(walk.draw(st.integers(0, most))):
        action = walk.draw(st.sampled_from(actions))
        if walk.open or action is _open_one:
            action(walk)


def _clients(walk: Walk, least: int = 1) -> None:
    """Open a few clients, sometimes dozens, some of them slow or late."""
    count = walk.draw(
        st.one_of(
            st.integers(least, least + 3),
            st.integers(least, 12),
            st.integers(least, MOST_CLIENTS),
        )
    )
    reading = walk.draw(st.sampled_from((Reading.EAGER, Reading.EAGER, Reading.SLOW, Reading.LATE)))
    first = walk.open_clients(min(count, 3), reading)
    if first and reading is Reading.LATE and walk.draw(st.booleans()):
        walk.steps.append(Send(first[0], Payload(Content.LETTERS, HEAVY)))
        walk.budget = max(1, walk.budget - HEAVY)
    walk.open_clients(max(0, count - 3))


# Faults, drawn for the clients that are open.


def _freeze(walk: Walk) -> Fault:
    del walk
    return Freeze()


def _signal(walk: Walk) -> Fault:
    call = walk.draw(st.sampled_from(SlowCall))
    client = walk.some_client()
    return SignalSlowCall(
        client=client,
        call=call,
        signal=walk.draw(st.one_of(st.just(SignalName.CAUGHT), st.sampled_from(SignalName))),
        count=walk.draw(st.sampled_from((1, 2, 20))),
        volley=walk.draw(st.booleans()),
    )


def _burst(walk: Walk) -> Fault:
    most = len(walk.open)
    count = walk.draw(st.one_of(st.integers(1, most), st.just(most)))
    clients = tuple(walk.open[:count])
    for client in clients:
        walk.forget(client)
    return DisconnectBurst(
        clients=clients,
        manner=walk.draw(st.sampled_from(Manner)),
        frozen=walk.draw(st.sampled_from((True, True, False))),
    )


def _kill(walk: Walk) -> Fault:
    client = walk.some_client()
    walk.forget(client)
    return KillWorker(
        client=client,
        signal=walk.draw(st.sampled_from(KillSignal)),
        moment=walk.draw(st.sampled_from(KillMoment)),
    )


def _abort(walk: Walk) -> Fault:
    if walk.room == 0:
        _close(walk)
    good = walk.new_clients(min(walk.draw(st.integers(0, 3)), walk.room - 1))
    aborted = walk.new_clients(min(walk.draw(st.integers(1, 8)), walk.room - len(good)))
    walk.open += good
    return AbortPending(
        aborted=aborted,
        good=good,
        order=walk.draw(st.sampled_from(Order)),
        with_data=walk.draw(st.booleans()),
    )


def _race(walk: Walk) -> Fault:
    client = walk.some_client()
    walk.forget(client)
    return EofRace(
        frozen=walk.draw(st.booleans()),
        client=client,
        race=walk.draw(st.sampled_from(Race)),
        payload=walk.payload(),
    )


Drawing = Callable[[Walk], Fault]


def _inject(walk: Walk, drawing: Drawing) -> None:
    if not walk.open:
        walk.open_clients(1)
    if walk.open:
        walk.steps.append(Inject(drawing(walk)))


_IS_SILENT = (*[False] * 7, True)
"""Rarely: whether clients are cut off for being silent does not depend on much."""


@st.composite
def workloads(draw: st.DrawFn, drawings: tuple[Drawing, ...], limits: Limits) -> Workload:
    """Draw a workload with one to three faults out of `drawings`, none if there are none.

    Every workload opens at least one client.
    """
    walk = Walk(draw, limits)
    is_silent = draw(st.sampled_from(_IS_SILENT))
    _clients(walk)
    _traffic(walk, MOST_ACTIONS)
    if is_silent:
        # Before any fault, so that a client that is cut off for its silence cannot blame one.
        walk.steps.append(Silence())
    if drawings:
        for _ in range(draw(st.integers(1, 3))):
            _inject(walk, draw(st.sampled_from(drawings)))
            if draw(st.booleans()):
                _newcomer(walk)
            _traffic(walk, 3)
    else:
        _traffic(walk, MOST_ACTIONS, _TRAFFIC + _ENDINGS)
    return tuple(walk.steps)


DRAWINGS: dict[type[Fault], Drawing] = {
    Freeze: _freeze,
    SignalSlowCall: _signal,
    DisconnectBurst: _burst,
    KillWorker: _kill,
    AbortPending: _abort,
    EofRace: _race,
    **DRAWINGS_AT_CALLS,
}
"""How each fault is drawn."""
