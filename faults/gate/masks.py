"""The signal masks that some calls set while they wait (ppoll(2), epoll_wait(2), pselect(2))."""

import struct
import sys

from faults.gate.calls import name_of
from faults.gate.kernel import Call, read_memory

_MASK_AT = {"ppoll": 3, "epoll_pwait": 4, "epoll_pwait2": 4, "pselect6": 5}
"""Which argument points to the signal mask that holds during the call; of pselect6 to a pointer."""

_POINTER = struct.Struct("@P")


def signals_blocked_in(call: Call) -> frozenset[int] | None:
    """Return the signals that a call has blocked while it waits; None where it has no mask."""
    address = call.arguments[_MASK_AT[name_of(call)]] if name_of(call) in _MASK_AT else 0
    if address and name_of(call) == "pselect6":
        pointer = read_memory(call.thread, address, _POINTER.size)
        address = _POINTER.unpack(pointer)[0] if pointer else 0
    mask = read_memory(call.thread, address, 8) if address else None
    if mask is None:
        return None
    bits = int.from_bytes(mask, sys.byteorder)
    return frozenset(number for number in range(1, 65) if bits >> (number - 1) & 1)
