# mistake: at EOF the transport is aborted, and its unsent bytes with it (UNP 6.6)
# invariant: clean_eof
# fault: eof_races
"""An asyncio server that tidies up too early."""

import asyncio
import contextlib
import socket
import sys


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo, and drop what is still to be sent when the client has finished."""
    writer.transport.set_write_buffer_limits(high=1024 * 1024)
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.transport.abort()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one client and close its connection."""
    with contextlib.suppress(ConnectionError):
        await echo(reader, writer)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def main() -> None:
    """Serve for ever."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    server = await asyncio.start_server(serve, sock=listener, backlog=1024)
    await server.serve_forever()


asyncio.run(main())
