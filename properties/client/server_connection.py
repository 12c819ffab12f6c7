"""The server's end of one connection: reads, answers and ends as steps and faults require."""

import contextlib
import errno
import socket
from collections.abc import Callable

from faults.client_context import PeerEnd
from properties.engine.traffic import COUNTED
from properties.model.oracle import Conversation
from properties.services.dialogue import greeting_of
from target import sockets
from target.sockets import Endpoint, TcpSocket, TcpState

LARGEST_READ = 1 << 16
ROOM = 1 << 16
"""With this many bytes of answers unsent no more is read: so a server of the book, blocked in its
write, would hold up a client that does not read (UNP 6.8)."""

MOST_PIECES = 64
"""Writes of one piece in a row; what is then still to be sent is sent as it comes, because each
piece waits until the client has read the one before."""


class ServerConnection:
    """One accepted connection. All methods return at once; `taken` is called with what was read."""

    def __init__(
        self,
        accepted: socket.socket,
        remote: Endpoint,
        service: Conversation,
        taken: Callable[[bytes], None],
    ) -> None:
        self.socket = accepted
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.remote = remote
        self.local = Endpoint(*accepted.getsockname()[:2])
        self.reading = False
        self.piece = 0
        self.withheld = 0
        self._pieces = 0
        self.taken = 0
        self.written = 0
        self.echoed = 0
        self.finished = ""
        self.was_reset = False
        self.finished_by_error = False
        self.has_sent_fin = False
        self.closed = False
        end = self.client_end()
        self.client_inode = end.inode if end else 0
        self._answers = bytearray(greeting_of(service))
        self.promised = len(self._answers)
        COUNTED.connections += 1
        self._service = service
        self._on_taken = taken

    # What state it is in.

    def read_on(self, piece: int, withheld: int) -> None:
        """Read and answer from now on, `piece` bytes in each write (0: as it comes)."""
        self.reading, self.piece, self.withheld, self._pieces = True, piece, withheld, 0

    @property
    def wants_to_read(self) -> bool:
        """Whether it reads: reading is on, and there is room for the answers."""
        is_listening = self.reading and not self.closed and not self.finished
        return is_listening and len(self._answers) < ROOM + self.withheld

    @property
    def awaits_the_end(self) -> bool:
        """Whether the end of a client that is gone has yet to be read."""
        return self.wants_to_read

    @property
    def wants_to_write(self) -> bool:
        """Whether there is an answer that may be sent now."""
        return self.reading and self.pending > 0 and not self._holds_a_piece_back()

    @property
    def pending(self) -> int:
        """How many bytes of answers are to be sent, without those to be withheld."""
        return len(self._answers) - self.withheld if self.answers else 0

    @property
    def answers(self) -> bool:
        """Whether it can still answer: we have not ended our side, and it is not lost."""
        return not self.closed and not self.has_sent_fin and not self.finished_by_error

    def _holds_a_piece_back(self) -> bool:
        """Return whether the client has not read the piece before: this one would join it."""
        if not self.piece:
            return False
        end = self.client_end()
        return end is not None and end.receive_queue > 0

    def client_end(self) -> TcpSocket | None:
        """Return the client's end as the kernel sees it, None once it is gone."""
        return sockets.find(self.remote, self.local)

    @property
    def is_open(self) -> bool:
        """Whether neither side has ended it."""
        is_ours = not self.closed and not self.has_sent_fin and not self.finished
        return is_ours and sockets.state_of(self.socket) == TcpState.ESTABLISHED

    def unread(self) -> int:
        """Return how many bytes have been received and not read."""
        return 0 if self.closed else sockets.unread_bytes(self.socket)

    def unsent(self) -> int:
        """Return how many bytes the client's kernel has not acknowledged."""
        return 0 if self.closed else sockets.unsent_bytes(self.socket)

    def acknowledge(self) -> None:
        """Acknowledge what has come, at once."""
        if not self.closed:
            sockets.acknowledge(self.socket)

    # What it does.

    def read(self) -> bool:
        """Read once and owe the answer; return whether anything came, an end included."""
        try:
            data = self.socket.recv(LARGEST_READ)
        except BlockingIOError:
            return False
        except OSError as error:
            self._lost(error)
            return True
        if data:
            self.taken += len(data)
            COUNTED.bytes += len(data)
            self._on_taken(data)
            self._owe(self._service.sent(data))
        else:
            self._owe(self._service.ended())
            self.finished = "FIN"
        return True

    def _owe(self, answers: bytes) -> None:
        self._answers += answers
        self.promised += len(answers)

    def write(self) -> bytes:
        """Send what may be sent, one piece at most; return what the kernel took."""
        most = min(self.pending, self.piece or self.pending)
        self._pieces += 1
        if self._pieces >= MOST_PIECES:
            self.piece = 0
        count = self._send(bytes(self._answers[:most]))
        sent = bytes(self._answers[:count])
        del self._answers[:count]
        self.echoed += count
        return sent

    def say(self, data: bytes) -> bytes:
        """Send what is not owed; return what the kernel took."""
        if self.closed or self.has_sent_fin:
            return b""
        return data[: self._send(data)]

    def _send(self, data: bytes) -> int:
        try:
            count = self.socket.send(data)
        except BlockingIOError:
            return 0
        except OSError as error:
            self._lost(error)
            return 0
        self.written += count
        COUNTED.bytes += count
        # A reply has the next acknowledgement delayed; what comes then may not be read for long.
        self.acknowledge()
        return count

    def _lost(self, error: OSError) -> None:
        self.finished = errno.errorcode.get(error.errno or 0, str(error))
        self.was_reset = error.errno == errno.ECONNRESET
        self.finished_by_error = True
        self._answers.clear()

    def swallow(self) -> bool:
        """Read all that has come, and answer nothing of it; return whether anything came."""
        moved = False
        while not self.finished and not self.closed and self.read():
            moved = True
        self._answers.clear()
        return moved

    def end(self, how: PeerEnd) -> None:
        """End our side. A connection that is gone already is left as it is."""
        if self.closed:
            return
        if how is PeerEnd.FIN:
            self.has_sent_fin = True
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
                self.written += 1
            return
        # With nothing unread, UNREAD would send FIN: several connections would end differently,
        # and a client that watches them all may rightly report either end.
        if how is PeerEnd.RESET or (how is PeerEnd.UNREAD and not self.unread()):
            sockets.reset_at_close(self.socket)
        self.closed = True
        self.socket.close()
