# mistake: at EOF the transport is aborted, and its unsent bytes with it (UNP 6.6)
# invariant: clean_eof
# fault: eof_races
"""An asyncio server that tidies up too early."""

import asyncio
import socket

from tests.mutants.streams import serve_streams
from tests.mutants.unp import MAXLINE, tcp_listen


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo, and drop what is still to be sent when the client has finished."""
    writer.transport.set_write_buffer_limits(high=1024 * 1024)
    while data := await reader.read(MAXLINE):
        writer.write(data)
        await writer.drain()
    writer.transport.abort()


# A small send buffer in the kernel: what a slow reader is owed waits in this process.
listener = tcp_listen()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
serve_streams(listener, echo)
