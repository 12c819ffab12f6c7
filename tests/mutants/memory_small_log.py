# mistake: a log in memory keeps 2 KiB of every connection there ever was (RFC 862)
# invariant: bounded_memory
# fault: control
"""An asyncio server that remembers what each client sent, for good."""

import asyncio
import contextlib
import sys

log: list[bytes] = []


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo, and note the first of what came."""
    noted = False
    while data := await reader.read(65536):
        if not noted:
            log.append(data[:2048].ljust(2048))
            noted = True
        writer.write(data)
        await writer.drain()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one client and close its connection."""
    with contextlib.suppress(ConnectionError):
        await echo(reader, writer)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def main() -> None:
    """Serve for ever."""
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=1024)
    await server.serve_forever()


asyncio.run(main())
