"""One worker, started with the first client, serves all of them: `shared_worker.py PORT`."""

import asyncio
import contextlib
import os
import select
import socket
import sys


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one client."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def serve(listener: socket.socket) -> None:
    """Accept for ever."""
    server = await asyncio.start_server(echo, sock=listener)
    await server.serve_forever()


def main() -> None:
    """Listen; when the first client comes, start the worker, and wait for it."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    select.select([listener], [], [])
    if os.fork() == 0:
        asyncio.run(serve(listener))
    os.wait()


main()
