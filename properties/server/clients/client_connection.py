"""One client connection: a non-blocking socket that compares what comes back with what is owed."""

import contextlib
import errno
import socket
from collections.abc import Callable

from faults.fault import Reading
from faults.payloads import Payload
from properties.engine.traffic import COUNTED
from properties.model.history import History
from properties.model.oracle import Conversation
from properties.server.clients.client_socket import SLOW_READ, Handshake, Way, new_socket
from properties.server.clients.kernel_view import KernelView
from properties.server.clients.outgoing import Outgoing
from properties.server.events import Closed, End, Ended, HalfClosed, Mismatched, Received, Sent
from properties.services import dialogue
from target import sockets
from target.sockets import Endpoint, TcpState

LARGEST_READ = 1 << 18


class ClientConnection(KernelView):
    """A client of the server under test. All methods return at once.

    `changed` is called whenever it may want to read or write where it did not before, or no longer
    does, and before its socket is closed; not by `read` and `write` themselves. `was_read`: whether
    the server has read what was sent, where no answer tells.
    """

    changed: Callable[["ClientConnection"], None] = staticmethod(lambda _: None)
    was_read: Callable[["ClientConnection"], bool] = staticmethod(lambda _: True)

    def __init__(
        self, number: int, way: Way, reading: Reading, owing: Conversation, history: History
    ) -> None:
        self.number = number
        self._reading = reading
        self._late_at = 0.0
        self.connected = self.half_closed = False
        self.written = 0
        self.end: End | None = None
        self.closed = False
        self.left_from: Endpoint | None = None
        self._endpoint: Endpoint | None = None
        self._is_over_wire = way.wire is not None
        self.owed = dialogue.stream_of(owing, self._mismatched)
        self.owing = owing
        self._history = history
        self._outgoing = Outgoing(
            (lambda: self.missing > 0) if dialogue.takes_turns(owing) else None
        )
        self._half_close_asked = False
        self.socket = new_socket(way, is_slow=reading is Reading.SLOW or dialogue.is_endless(owing))
        self.handshake = Handshake(self.socket, way.server)

    # What state it is in.

    @property
    def endpoint(self) -> Endpoint:
        """Our own address and port, also after the connection was closed."""
        return self._endpoint or super().endpoint

    def check_connected(self) -> bool:
        """Return whether the handshake has ended, in success or with an error set."""
        if self.connected or self.handshake.error:
            return True
        self.connected = self.handshake.look()
        if self.connected:
            self._endpoint = super().endpoint
        if not self.handshake.error:
            COUNTED.connections += self.connected
            self.changed(self)
        return self.connected or bool(self.handshake.error)

    @property
    def is_connecting(self) -> bool:
        """Whether the handshake goes on."""
        return not self.connected and not self.handshake.error and not self.closed

    @property
    def is_live(self) -> bool:
        """Whether we still read from it."""
        return self.connected and not self.closed and self.end is None

    @property
    def was_turned_away(self) -> bool:
        """Whether it was reset before it got anything."""
        return self.end is End.RESET and self.received == 0

    @property
    def is_open(self) -> bool:
        """Whether neither side has ended the connection, as the kernel sees it."""
        return (
            self.is_live
            and not self._half_close_asked
            and sockets.state_of(self.socket) == TcpState.ESTABLISHED
        )

    @property
    def is_satisfied(self) -> bool:
        """Whether everything has been sent and everything owed was received."""
        return not self._has_more_to_send and not self.missing and self.was_read(self)

    @property
    def has_all(self) -> bool:
        """Whether it has got all that it is owed, and then the end."""
        return self.end is End.EOF and not self.missing

    @property
    def is_leaving(self) -> bool:
        """Whether it has sent its FIN, or will after the bytes it still has to send."""
        return self.half_closed or self._half_close_asked

    @property
    def _has_more_to_send(self) -> bool:
        return bool(self._outgoing) or (self._half_close_asked and not self.half_closed)

    @property
    def received(self) -> int:
        """How many bytes have come, all of them as owed."""
        return self.owed.agreed

    @property
    def missing(self) -> int:
        """How many bytes are owed and have not come."""
        return self.owed.missing

    @property
    def is_stuck(self) -> bool:
        """Whether bytes cannot be handed to the kernel because the peer's window is closed."""
        return self.is_live and bool(self._outgoing) and not self.can_write_now()

    @property
    def reading(self) -> Reading:
        """How it reads."""
        return self._reading

    @reading.setter
    def reading(self, reading: Reading) -> None:
        if self._reading is Reading.LATE and reading is not Reading.LATE:
            self._late_at = self._history.now()
        self._reading = reading
        self.changed(self)

    @property
    def wants_to_read(self) -> bool:
        """Whether it reads what comes."""
        return self.is_live and self._reading is not Reading.LATE

    @property
    def most_at_once(self) -> int:
        """How many bytes it reads at once."""
        return SLOW_READ if self._reading is Reading.SLOW else LARGEST_READ

    @property
    def wants_to_write(self) -> bool:
        """Whether it has bytes, or a FIN, to send."""
        return self.is_live and self._has_more_to_send and not self._outgoing.is_held

    # What it is to do.

    def send(self, payload: Payload, piece: int = 0, *, end: bool = False) -> None:
        """Queue what the service makes of a payload; `end`: with a FIN in the last segment."""
        if self._half_close_asked:
            return
        requests = dialogue.requests_of(self.owing, payload, self.number)
        self._outgoing.add_all(requests, piece, end=end)
        self._half_close_asked = end
        self.write()
        self.changed(self)

    def send_no_more(self) -> None:
        """Drop what is queued and was not sent."""
        self._outgoing.clear()
        dialogue.drop(self.owing)
        self.changed(self)

    def half_close(self) -> None:
        """Queue a FIN."""
        self._half_close_asked = True
        self.write()
        self.changed(self)

    def close(self, *, by_reset: bool = False, final: bool = False) -> None:
        """End the connection at once; `final` when the workload is over."""
        if self.closed:
            return
        if self.connected:
            unread = 0 if self.end else self.unread()
            self._history.add(
                Closed(self._history.now(), self.number, by_reset, unread, self.missing, final)
            )
        self.discard(by_reset=by_reset)

    def discard(self, *, by_reset: bool = False) -> None:
        """Close the socket without a record, for clearing up."""
        self.closed = True
        self._outgoing.clear()
        self.changed(self)
        with contextlib.suppress(OSError):
            self.left_from = self.endpoint if self._is_over_wire else None
            if by_reset:
                sockets.reset_at_close(self.socket)
        self.socket.close()

    def write(self) -> bool:
        """Write as much as the kernel takes; return whether anything moved."""
        moved = False
        while (piece := self._outgoing.first) is not None and self.is_live:
            try:
                count = self.socket.send(piece.data, socket.MSG_MORE if piece.last else 0)
            except BlockingIOError:
                return moved
            except OSError as error:
                self._write_failed(error)
                return True
            self._sent(bytes(piece.data[:count]))
            moved = True
        if self._half_close_asked and not self.half_closed and self.wants_to_write:
            self._shut_down()
            moved = True
        return moved

    def _sent(self, data: bytes) -> None:
        count = len(data)
        self.owed.promise(self.owing.sent(data))
        self.written += count
        COUNTED.bytes += count
        self._history.add(Sent(self._history.now(), self.number, count, self.owed.promised))
        self._outgoing.took(count)

    def _shut_down(self) -> None:
        self.half_closed = True
        self._history.add(HalfClosed(self._history.now(), self.number))
        # A connection that the peer has reset meanwhile shows that to the next read.
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
            self.written += 1
        self.owed.promise(self.owing.ended())

    def _write_failed(self, error: OSError) -> None:
        self._outgoing.clear()
        self._half_close_asked = self.half_closed
        # A reset is reported once, to whichever call comes first (RFC 9293, 3.10.7); EPIPE says
        # that the end was seen before, and the next read shows which.
        if error.errno != errno.EPIPE:
            self._ended(error)

    def read(self) -> bool:
        """Read once; return whether anything came that may still be waited for.

        What comes after a byte that differs is thrown away; a client that is flooded closes.
        """
        try:
            self.handshake.raise_if_reset()
            data = self.socket.recv(self.most_at_once)
        except BlockingIOError:
            return False
        except OSError as error:
            self._ended(error)
            return True
        COUNTED.bytes += len(data)
        if not data:
            self._record_end(End.EOF, "read returned 0")
            return True
        had_differed = self.owed.has_differed
        if self.owed.take(data):
            self._record_received(len(data))
            self._late_at = self._late_at if self.missing else 0.0
        if self.owed.is_flooded:
            self.close()
        return self.closed or not had_differed

    def _record_received(self, count: int) -> None:
        events = self._history.events
        if events and isinstance(last := events[-1], Received) and last.client == self.number:
            # One stretch of reading is one event: a slow reader would fill the history with it.
            count += last.count
            events.pop()
        owed = self.owed.promised if self.owed.grows else 0
        self._history.add(Received(self._history.now(), self.number, count, self.received, owed))

    def _mismatched(self, offset: int, expected: bytes, actual: bytes) -> None:
        self._history.add(Mismatched(self._history.now(), self.number, offset, expected, actual))

    def _ended(self, error: OSError) -> None:
        end = End.RESET if error.errno == errno.ECONNRESET else End.OTHER
        self._record_end(end, errno.errorcode.get(error.errno or 0, str(error)))

    def _record_end(self, end: End, reason: str) -> None:
        self.end = end
        missing = self.missing + self._outgoing.left
        allowed = dialogue.may_end(self.owing, by_reset=end is not End.EOF)
        now = self._history.now()
        late_at = now if self._reading is Reading.LATE else self._late_at
        self._outgoing.clear()
        self._half_close_asked = self.half_closed
        self._history.add(Ended(now, self.number, end, missing, reason, allowed, late_at))
