"""A correct echo server on asyncio streams: a mutant replaces the coroutine that echoes."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable

from tests.mutants.unp import LISTENQ, MAXLINE

Echo = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def str_echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo until the client has finished; a slow reader is held up. Raises ConnectionError."""
    while data := await reader.read(MAXLINE):
        writer.write(data)
        await writer.drain()


def serve_streams(listener: socket.socket, echo: Echo = str_echo) -> None:
    """Serve everybody in this thread, for ever."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await echo(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def main() -> None:
        server = await asyncio.start_server(serve, sock=listener, backlog=LISTENQ)
        await server.serve_forever()

    asyncio.run(main())
