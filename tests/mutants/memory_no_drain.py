# mistake: write() without drain(): what a client does not read is kept in memory (UNP 16.2)
# invariant: backpressure
# fault: control
"""An asyncio server that never waits for its writers."""

import asyncio
import contextlib
import sys


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo as fast as the data comes."""
    while data := await reader.read(65536):
        writer.write(data)


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
