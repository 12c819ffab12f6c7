"""Typing until a client holds bytes that neither it nor the kernel can pass on.

How much the kernel takes of a connection that nobody reads differs from machine to machine, and
from run to run. So a piece is typed, and it is looked where its bytes are: in the pipe to the
client, in the client, or written to its connection.
"""

from faults.payloads import HEAVY, Content, Payload
from properties.client.context import ClientRunContext
from properties.client.io_loop import ServerIoLoop
from properties.client.server_connection import ServerConnection
from properties.model.events import Conclusion

PIECE = Payload(Content.LINES, 1 << 14)
"""Less than the buffers of most clients: one that reads on while its buffer has room holds some."""

MOST_PIECES = HEAVY // PIECE.length


def type_until_held(context: ClientRunContext) -> None:
    """Type until the client has read what its connection does not take, or reads no more.

    The server accepts, and reads nothing.
    """
    if not context.meet():
        return
    io_loop = context.io_loop
    for _ in range(MOST_PIECES):
        context.type(PIECE)
        if io_loop.wait(lambda: _is_passed_on(io_loop)) is not Conclusion.MET:
            return


def _is_passed_on(io_loop: ServerIoLoop) -> bool:
    """Return whether the client has written all that was typed."""
    if not io_loop.input_is_taken():
        return False
    return io_loop.typed <= sum(map(_written, io_loop.connections))


def _written(one: ServerConnection) -> int:
    """Return how many bytes the client has written, as its own end counts them.

    A sum of what lies in the queues of both ends would count twice what moves meanwhile.
    """
    end = one.client_end()
    if end is None or end.written is None:
        return one.taken + one.unread()
    # Of a connection that it began, its SYN has been acknowledged as well.
    return end.written - 1
