"""Moves bytes between the user, the client under test and the scripted server, while we wait.

What comes after a byte that differs may come for ever: it is read, but a wait is for none of it.
"""

import select
from collections.abc import Callable
from functools import partial

from properties.client.events import (
    Accepted,
    Altered,
    Answered,
    ClientFinished,
    Complained,
    InputRefused,
    Place,
    Printed,
    Taken,
    Typed,
)
from properties.client.listener import Listener
from properties.client.owed import OwedToUser
from properties.client.server_connection import ServerConnection
from properties.engine.brief_waits import polled
from properties.engine.byte_streams import ExpectedBytes
from properties.engine.parked import ParkedBytes
from properties.engine.waiting import has_not_arrived, ignore, in_flight, wait
from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.oracle import Service
from target.client_handle import ClientHandle, read
from target.settled import Look

MOST_WRITTEN = 1 << 16

MOST_SAID = 1 << 18
"""Characters of standard error that are kept. A client may say the same for ever."""


class ServerIoLoop:
    """Moves all bytes, records them, and compares them with those that were due."""

    def __init__(
        self, listener: Listener, patience: float, service: Service, history: History
    ) -> None:
        self.handle: ClientHandle | None = None
        self.patience = patience
        self.evidence = ""
        self.notice: Callable[[Look], None] = ignore
        self.listener = listener
        self.accepting = False
        self.output_held = False
        self.comes_back = False
        """Whether the client has no server, and prints no bytes but its own."""
        self.connections: list[ServerConnection] = []
        self._parked = ParkedBytes()
        self.due_to_server = ExpectedBytes(partial(self._altered, Place.SENT))
        self.due_to_user = ExpectedBytes(partial(self._altered, Place.PRINTED))
        self._due = (self.due_to_server, self.due_to_user)
        self.typed_in_lines = 0
        self.input = bytearray()
        self._input_ends = False
        self._sent_in_lines = 0
        self.complaints = ""
        self.expects_more: Callable[[], bool] = lambda: False
        """Returns whether the kernel will still do something to a connection that is no more."""
        self.owed = OwedToUser(service)
        self._service = service
        self._history = history
        self._open_outputs: set[int] = set()

    def watch(self, handle: ClientHandle) -> None:
        """From now on move the bytes of this client's streams."""
        self.handle = handle
        self._open_outputs = {handle.streams.output, handle.streams.errors}

    @property
    def outputs_have_ended(self) -> bool:
        """Whether the client's output and errors have been read to their ends."""
        return not self._open_outputs

    @property
    def typed(self) -> int:
        """How many bytes the client was given."""
        return self.due_to_server.promised

    @property
    def taken(self) -> int:
        """How many bytes the server has read."""
        return self.due_to_server.come

    def _altered(self, place: Place, offset: int, expected: bytes, actual: bytes) -> None:
        self._history.add(Altered(self._history.now(), place, offset, expected, actual))

    def type(self, data: bytes) -> None:
        """Give the client more input; what it asks for has been planned."""
        self.input += data
        self.owed.input_changes()

    def wait(self, condition: Callable[[], bool]) -> Conclusion:
        """Go on until the condition holds or it is certain, or likely, that it will not."""
        return wait(self, condition)

    def turn(self, longest: float) -> bool:
        """Move bytes once; return whether anything moved."""
        interests = self._interests()
        moved = False
        wanted = {descriptor: events for descriptor, (events, _) in interests.items()}
        for descriptor, _ in polled(wanted, longest):
            moved |= interests[descriptor][1]()
        if self.handle is not None and any(one.is_flooded for one in self._due):
            self.handle.pace.was_in_vain(lasted=False)
        return moved

    def _interests(self) -> dict[int, tuple[int, Callable[[], bool]]]:
        found: dict[int, tuple[int, Callable[[], bool]]] = {}
        handle = self.handle
        if handle is not None:
            streams = handle.streams
            if self.input and streams.input is not None:
                found[streams.input] = (select.POLLOUT, self._write_input)
            for descriptor, take in (
                (streams.output, self._read_output),
                (streams.errors, self._read_errors),
            ):
                if descriptor in self._open_outputs and not self.output_held:
                    found[descriptor] = (select.POLLIN, take)
        if self.accepting and self.listener.is_open:
            found[self.listener.socket.fileno()] = (select.POLLIN, self.accept)
        for one in self.connections:
            events = one.wants_to_read * select.POLLIN | one.wants_to_write * select.POLLOUT
            if events:
                found[one.socket.fileno()] = (events, partial(self._serve, one))
        return found

    # The user's side.

    def _write_input(self) -> bool:
        assert self.handle is not None
        data = bytes(self.input[:MOST_WRITTEN])
        count = self.handle.streams.write(data)
        if count is None:
            self._history.add(InputRefused(self._history.now(), len(self.input)))
            self.input.clear()
            self.owed.input_changes()
            self._end_input_after_the_last()
            return True
        if count:
            self.input_was_given(count)
        self._end_input_after_the_last()
        return bool(count)

    def input_was_given(self, count: int) -> None:
        """Take note that so much of the input is in the client's hands."""
        data = bytes(self.input[:count])
        self.due_to_server.promise(data)
        if self.comes_back:
            self.due_to_user.promise(data)
        if (newline := data.rfind(b"\n")) >= 0:
            self.typed_in_lines = self.typed - count + newline + 1
        del self.input[:count]
        self.owed.sent(data)
        now, at_end = self._history.now(), self.owed.at_end(self.input)
        self._history.add(Typed(now, count, self.typed, self.typed_in_lines, at_end))

    def end_input(self) -> None:
        """End the client's input after what it has been given; at once where that is taken."""
        self._input_ends = True
        self._end_input_after_the_last()

    def _end_input_after_the_last(self) -> None:
        if self._input_ends and not self.input and self.handle is not None:
            self._input_ends = False
            in_a_line = self.typed > self.typed_in_lines
            self.handle.streams.end_input(in_a_line=in_a_line)

    def _read_output(self) -> bool:
        assert self.handle is not None
        data = self._read(self.handle.streams.output)
        is_surplus = self.due_to_user.has_differed
        if data:
            self.due_to_user.take(data)
            self._record_printed(len(data), is_surplus)
        return data is not None and not (data and is_surplus)

    def _record_printed(self, count: int, is_surplus: bool) -> None:
        events = self._history.events
        if is_surplus and events and isinstance(last := events[-1], Printed):
            # It would fill the history.
            count += last.count
            events.pop()
        self._history.add(Printed(self._history.now(), count, self.due_to_user.come))

    def close_output(self) -> None:
        """Read nothing of what the client prints any more: its pipe has no reader. Idempotent."""
        if self.handle is not None:
            self._open_outputs.discard(self.handle.streams.output)
            self.handle.streams.close_output()

    def _read_errors(self) -> bool:
        assert self.handle is not None
        data = self._read(self.handle.streams.errors)
        if data and len(self.complaints) >= MOST_SAID:
            return False
        if data:
            text = data.decode(errors="replace")
            self.complaints += text
            self._history.add(Complained(self._history.now(), text))
        return data is not None

    def _read(self, descriptor: int) -> bytes | None:
        data = read(descriptor)
        if data == b"":
            self._open_outputs.discard(descriptor)
        return data

    def input_is_taken(self) -> bool:
        """Return whether the client has read all that was typed."""
        return not self.input and not self.input_waiting()

    def input_waiting(self) -> int:
        """Return how many bytes the client was given and has not read."""
        return self.handle.streams.holds_input() if self.handle else 0

    # The server's side.

    def accept(self) -> bool:
        """Accept all connections that wait; return whether there were any."""
        moved = False
        while (accepted := self.listener.accept()) is not None:
            service = self._service.start()
            one = ServerConnection(*accepted, service, self._take)
            self.connections.append(one)
            self._history.add(Accepted(self._history.now(), str(one.remote)))
            moved = True
        return moved

    def _take(self, data: bytes) -> None:
        self.due_to_server.take(data)
        self._history.add(Taken(self._history.now(), len(data), self.taken))

    def _serve(self, one: ServerConnection) -> bool:
        is_surplus = self.due_to_server.has_differed
        moved = False
        if one.wants_to_read:
            moved = self.note_end(one, one.read)
        if one.wants_to_write:
            sent = one.write()
            self._sent(sent)
            moved |= bool(sent) or bool(one.finished)
        return moved and not (is_surplus and not one.finished)

    def note_end(self, one: ServerConnection, act: Callable[[], bool]) -> bool:
        """Act on a connection, and record its end where that has shown it."""
        before = one.finished
        moved = act()
        if one.finished != before:
            at = self._history.now()
            self._history.add(ClientFinished(at, one.finished, one.was_reset))
        return moved

    def _sent(self, data: bytes) -> None:
        if data:
            self.due_to_user.promise(data)
            total = self.due_to_user.promised
            if (newline := data.rfind(b"\n")) >= 0:
                self._sent_in_lines = total - len(data) + newline + 1
            at = self._history.now()
            self._history.add(Answered(at, len(data), total, self._sent_in_lines))

    def say(self, data: bytes) -> int:
        """Send on the first connection what is not owed; return how much the kernel took."""
        sent = self.connections[0].say(data) if self.connections else b""
        self._sent(sent)
        return len(sent)

    # What is on its way.

    def all_quiet(self) -> bool:
        """Return whether nothing is on its way between the client and the server."""
        if self.handle is None:
            return True
        if self.handle.is_connecting() or self.expects_more():
            return False
        return not any(
            in_flight(one, one.client_end()) for one in self.connections if not one.closed
        )

    def holds_parked_bytes(self) -> bool:
        """Return whether bytes are held back because one side does not read."""
        # All are asked, so that all have stood still when the first has.
        return bool([one for one in self.connections if not one.closed and self._holds_back(one)])

    def _holds_back(self, one: ServerConnection) -> bool:
        end = one.client_end()
        if not has_not_arrived(one, end) and not (end and end.send_queue > 0):
            return False
        return end is None or self._parked.may_move(one.remote, one.written, one.unsent(), end)
