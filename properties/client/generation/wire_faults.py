"""How a client's faults between two hosts are drawn, and their finite choices: generation only."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import TYPE_CHECKING

from faults.client.closed_window import ServerClosedWindow, ServerWindow
from faults.client.fin_rst_order import FinOrRst, FinRstOrder
from faults.client.host_crash import ServerCrash, ServerHostCrash
from faults.client.segments import OF_THE_HANDSHAKE, ClientSegmentFault, Mishap
from faults.client.unreachable import CannotReach, Obstacle
from faults.client_context import ClientContext
from faults.fault import Fault
from faults.payloads import A_LINE, Content, Payload
from properties.client.steps import Accept, Answer, Terminal, Type
from properties.engine.choosing import among
from properties.model.steps import Inject, Workload
from properties.model.sweep import Choice

if TYPE_CHECKING:
    from hypothesis import strategies as st

ECHOED: Workload = (Type(A_LINE), Answer())
BEFORE: dict[str, Workload] = {"after an echo": ECHOED, "before the first line": (Accept(),)}

TAKES_A_TIMEOUT: frozenset[object] = frozenset(
    {
        *(Obstacle.DEAD_HOST, ServerCrash.FOR_GOOD, ServerCrash.CUT_OFF),
        *OF_THE_HANDSHAKE,
        *(ServerWindow.UPDATE_LOST, ServerWindow.CRASH),
    }
)
"""Swept, and not drawn: the kernel waits for a second or two."""


def draw_order(draw: "st.DrawFn") -> Fault[ClientContext]:
    """Draw which of FIN and RST comes."""
    return FinRstOrder(draw(among(*FinOrRst)))


def draw_obstacle(draw: "st.DrawFn") -> Fault[ClientContext]:
    """Draw what stands between client and server."""
    return CannotReach(draw(among(*(o for o in Obstacle if o not in TAKES_A_TIMEOUT))))


def draw_crash(draw: "st.DrawFn") -> Fault[ClientContext]:
    """Draw how the server's host crashes."""
    return ServerHostCrash(draw(among(*(c for c in ServerCrash if c not in TAKES_A_TIMEOUT))))


def draw_mishap(draw: "st.DrawFn") -> Fault[ClientContext]:
    """Draw what happens to which segment."""
    mishap = draw(among(*(one for one in Mishap if one not in TAKES_A_TIMEOUT)))
    length = draw(among(24, 1500, 5000))
    return ClientSegmentFault(mishap, Payload(Content.LINES, length))


def draw_window(draw: "st.DrawFn") -> Fault[ClientContext]:
    """Draw what becomes of a closed window."""
    return ServerClosedWindow(draw(among(*(w for w in ServerWindow if w not in TAKES_A_TIMEOUT))))


WIRE_FAULTS: dict[type[Fault[ClientContext]], Callable[["st.DrawFn"], Fault[ClientContext]]] = {
    ClientSegmentFault: draw_mishap,
    FinRstOrder: draw_order,
    CannotReach: draw_obstacle,
    ServerClosedWindow: draw_window,
    ServerHostCrash: draw_crash,
}
"""How each of them is drawn."""


def _orders() -> Iterator[Choice]:
    for order, (name, before) in product(FinOrRst, BEFORE.items()):
        workload = (*before, Inject(FinRstOrder(order)))
        yield Choice("orders of FIN and RST", f"{order.value}, {name}", workload, 1, matters=True)


def _obstacles() -> Iterator[Choice]:
    for obstacle in Obstacle:
        workload: Workload = (Inject(CannotReach(obstacle)), Type(A_LINE))
        is_slow = obstacle in TAKES_A_TIMEOUT
        value = obstacle.value
        yield Choice("hosts out of reach", value, workload, 1, matters=not is_slow, slow=is_slow)


def _crashes() -> Iterator[Choice]:
    group = "crashes of the server's host"
    for crash, (name, before) in product(ServerCrash, BEFORE.items()):
        workload = (*before, Inject(ServerHostCrash(crash)))
        value = f"{crash.value}, {name}"
        matters, is_slow = before is ECHOED, crash is not ServerCrash.REBOOTS
        yield Choice(group, value, workload, 1, matters=matters, slow=is_slow)
    workload = (Terminal(), *ECHOED, Inject(ServerHostCrash(ServerCrash.REBOOTS)))
    yield Choice(group, "reboots, at a terminal", workload, 1)


def _mishaps() -> Iterator[Choice]:
    for mishap in Mishap:
        fault = ClientSegmentFault(mishap, Payload(Content.LINES, 5000))
        before = () if mishap in OF_THE_HANDSHAKE else (Accept(),)
        matters = mishap in (Mishap.LOST_LINE, Mishap.LOST_ECHO)
        workload: Workload = (*before, Inject(fault))
        is_slow = mishap in OF_THE_HANDSHAKE
        value = mishap.value
        yield Choice("mishaps of segments", value, workload, 1, matters=matters, slow=is_slow)


def _windows() -> Iterator[Choice]:
    for window in ServerWindow:
        workload: Workload = (Accept(), Inject(ServerClosedWindow(window)))
        matters = window in (ServerWindow.OPENS, ServerWindow.CRASH)
        yield Choice("closed windows", window.value, workload, 1, matters=matters, slow=True)


WIRE_SWEEPS: dict[type[Fault[ClientContext]], Callable[[], Iterator[Choice]]] = {
    ClientSegmentFault: _mishaps,
    FinRstOrder: _orders,
    CannotReach: _obstacles,
    ServerClosedWindow: _windows,
    ServerHostCrash: _crashes,
}
"""The choices of each."""
