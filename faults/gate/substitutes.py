"""Calls that are made in the target's place: at once, or as soon as they can be.

All methods but the constructor are called by the gate's thread. A call that cannot be made yet
waits, together with a descriptor of its process: our copy of a socket must not keep a dead caller's
connection open.
"""

import errno
import os
import select
import socket
import time
from collections.abc import Callable
from typing import Protocol

from faults.gate import kernel
from faults.gate.calls import name_of
from faults.gate.kernel import Call
from faults.gate.lost_connection import lost_connection
from faults.gate.rules import ArmedRule, HandledCall, LoseConnection, Shorten
from faults.gate.shorten import shortened
from target.process_status import signals_of


class Substitute(Protocol):
    """A call that is made in the target's place, by a copy of its socket."""

    @property
    def call(self) -> Call:
        """The call as the target made it."""

    @property
    def copy(self) -> socket.socket:
        """The socket that it is about."""

    @property
    def events(self) -> int:
        """What to wait for before it can be made (poll(2))."""

    def make(self) -> int | None:
        """Make it; return what it is to return, None where the kernel is to make it.

        Raises BlockingIOError where it cannot be made yet.
        """

    def must_not_wait(self) -> bool:
        """Return whether the kernel would not wait until it can be made."""

    def must_be_left_alone(self) -> bool:
        """Return whether what is to be done would mislead the target."""


def note(armed: ArmedRule, call: Call) -> None:
    """Record that a rule was applied to a call."""
    armed.note(HandledCall(time.monotonic(), call.thread, name_of(call), call.id))


def signals_to_handle(thread: int) -> frozenset[int]:
    """Return the signals with a handler that wait for a thread, or for its process."""
    masks = signals_of(thread)
    return frozenset() if masks is None else (masks.pending & masks.caught) - masks.blocked


def _prepared(armed: ArmedRule, call: Call) -> Substitute | None:
    match armed.rule.action:
        case Shorten(length):
            return shortened(call, length)
        case LoseConnection(number):
            return lost_connection(call, number, armed.lost)
        case _:
            return None


class Substitutes:
    """The calls of one gate that are made in the target's place.

    `finish` answers a call: with a value, an errno below zero, or None for what the kernel says.
    """

    def __init__(self, finish: Callable[[Call, int | None], object]) -> None:
        self._finish_call = finish
        self._waiting: dict[int, tuple[ArmedRule, Substitute, int]] = {}

    def begin(self, armed: ArmedRule, call: Call, poll: select.poll) -> None:
        """Make a call as its rule says, now or when it can be made."""
        substitute = _prepared(armed, call)
        if substitute is None:
            self._finish_call(call, None)
            return
        try:
            self._begin(armed, substitute, poll)
        except Exception:
            substitute.copy.close()
            raise

    def _begin(self, armed: ArmedRule, substitute: Substitute, poll: select.poll) -> None:
        if substitute.must_be_left_alone():
            armed.spared += 1
            self._finish(substitute, None)
            return
        try:
            value = substitute.make()
            if value is not None:
                note(armed, substitute.call)
            self._finish(substitute, value)
        except BlockingIOError as error:
            if substitute.must_not_wait():
                self._finish(substitute, -(error.errno or errno.EAGAIN))
            else:
                self._wait_for(armed, substitute, poll)

    def _finish(self, substitute: Substitute, value: int | None) -> None:
        substitute.copy.close()
        self._finish_call(substitute.call, value)

    def _wait_for(self, armed: ArmedRule, substitute: Substitute, poll: select.poll) -> None:
        try:
            process = os.pidfd_open(kernel.process_of(substitute.call.thread) or 0)
        except OSError:
            self._finish(substitute, None)
            return
        waiting = (armed, substitute, process)
        self._waiting[substitute.copy.fileno()] = self._waiting[process] = waiting
        poll.register(substitute.copy, substitute.events)
        poll.register(process, select.POLLIN)

    def retry(self, descriptor: int, poll: select.poll) -> None:
        """Make the call that waited for this descriptor, or drop it where its process has ended."""
        if descriptor not in self._waiting:
            # The caller ended together with its connection.
            return
        armed, substitute, process = self._waiting[descriptor]
        try:
            value = None if descriptor == process or armed.is_done else substitute.make()
        except BlockingIOError:
            return
        if value is not None:
            note(armed, substitute.call)
        self._remove(descriptor, poll)
        self._finish(substitute, value)

    def _remove(self, descriptor: int, poll: select.poll) -> None:
        _, substitute, process = self._waiting[descriptor]
        for watched in (substitute.copy.fileno(), process):
            poll.unregister(watched)
            del self._waiting[watched]
        os.close(process)

    @property
    def wait(self) -> bool:
        """Whether a call waits until it can be made."""
        return bool(self._waiting)

    def let_signals_in(self, poll: select.poll) -> None:
        """End the calls whose callers have a signal to handle, as a signal ends them in the kernel.

        It says whether the call is made anew: with SA_RESTART it is, and comes here again.
        """
        for descriptor, (_, substitute, process) in list(self._waiting.items()):
            if descriptor == process and signals_to_handle(substitute.call.thread):
                self._remove(descriptor, poll)
                self._finish(substitute, -kernel.RESTART_OR_INTERRUPT)

    def give_back(self, rules: list[ArmedRule], poll: select.poll) -> None:
        """Leave to the kernel the calls that wait for any rule but these."""
        for descriptor, (armed, _, _) in list(self._waiting.items()):
            if armed not in rules:
                self.leave(descriptor, poll)

    def leave(self, descriptor: int, poll: select.poll) -> None:
        """Leave the call that waits for this descriptor to the kernel. Idempotent."""
        if descriptor in self._waiting:
            _, substitute, _ = self._waiting[descriptor]
            self._remove(descriptor, poll)
            self._finish(substitute, None)

    def watch(self, poll: select.poll) -> None:
        """Add to a poll of another thread what the waiting calls wait for."""
        for descriptor, (_, substitute, process) in list(self._waiting.items()):
            poll.register(descriptor, select.POLLIN if descriptor == process else substitute.events)

    def close(self) -> None:
        """Close the descriptors of the calls that still wait."""
        for descriptor, (_, substitute, process) in self._waiting.items():
            if descriptor == process:
                substitute.copy.close()
                os.close(process)
