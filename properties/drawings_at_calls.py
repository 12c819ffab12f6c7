"""How the faults are drawn that come at a system call, or make one fail: generation only."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st

from faults.accept_error import AcceptErrno, AcceptError
from faults.fault import Fault
from faults.fork_error import ForkErrno, ForkError
from faults.gate.calls import Kind
from faults.held_call import HeldCall, Meanwhile, Place
from faults.io_error import IoError, IoFailure
from faults.scarce_descriptors import ScarceDescriptors
from faults.short_count import ShortCall, ShortCount
from properties.walk import Walk

_FEW = st.sampled_from((1, 2, 3))


def _newcomers(walk: Walk, most: int) -> tuple[int, ...]:
    """Return clients that the fault itself will open; somebody leaves where there is no room."""
    walk.make_room(1)
    return walk.new_clients(min(walk.draw(st.integers(1, most)), walk.room))


def _scarce(walk: Walk) -> Fault:
    clients = _newcomers(walk, 4)
    walk.open += clients
    return ScarceDescriptors(clients, walk.draw(st.sampled_from((0, 0, 0, 1))))


def _accept_error(walk: Walk) -> Fault:
    clients = _newcomers(walk, 3)
    walk.open += clients
    # Servers tell the first few apart, and take all others for one kind.
    error = walk.draw(
        st.one_of(st.sampled_from(list(AcceptErrno)[:4]), st.sampled_from(AcceptErrno))
    )
    return AcceptError(clients, error, walk.draw(_FEW))


def _fork_error(walk: Walk) -> Fault:
    return ForkError(_newcomers(walk, 3), walk.draw(st.sampled_from(ForkErrno)))


def _io_error(walk: Walk) -> Fault:
    client, failure = walk.some_client(), walk.draw(st.sampled_from(IoFailure))
    # Of the calls of poll in a row each is another one's doing: the first is the one to be sure of.
    nth, count = 1 if failure.kind is Kind.WAIT else walk.draw(_FEW), 1
    if failure.error == "EINTR":
        count = walk.draw(_FEW)
    else:
        walk.forget(client)
    # Whether there is room for one more is asked when it comes to that.
    newcomer, walk.next_client = walk.next_client, walk.next_client + 1
    return IoError(client, failure, nth, count, newcomer)


def _short_count(walk: Walk) -> Fault:
    payload = walk.payload()
    longest = max(2, payload.length)
    return ShortCount(
        client=walk.some_client(),
        call=walk.draw(st.sampled_from(ShortCall)),
        length=walk.draw(st.sampled_from([n for n in (1, 2, 7, 100) if n < longest])),
        count=walk.draw(st.sampled_from((1, 2, 20))),
        payload=replace(payload, length=longest),
    )


def _held_call(walk: Walk) -> Fault:
    walk.make_room(2)
    clients = walk.new_clients(2)
    fault = HeldCall(
        client=clients[0],
        other=clients[-1],
        place=walk.draw(st.sampled_from(Place)),
        meanwhile=walk.draw(st.sampled_from(Meanwhile)),
    )
    walk.open += [client for client in clients if client not in fault.ended]
    return fault


DRAWINGS_AT_CALLS: dict[type[Fault], Callable[[Walk], Fault]] = {
    ScarceDescriptors: _scarce,
    AcceptError: _accept_error,
    ForkError: _fork_error,
    IoError: _io_error,
    ShortCount: _short_count,
    HeldCall: _held_call,
}
"""How each of them is drawn."""
