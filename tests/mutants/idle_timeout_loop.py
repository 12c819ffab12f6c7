# mistake: a loop cuts off whoever has been silent for two seconds (RFC 862 sets no limit)
# invariant: exact_echo
# fault: mixed
"""An event loop that waits for each client with a time-out."""

import asyncio
import contextlib
import sys

LONGEST_SILENCE = 2.0


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo until the client has finished, has gone, or has been silent for too long."""
    with contextlib.suppress(ConnectionError, TimeoutError):
        while data := await asyncio.wait_for(reader.read(4096), LONGEST_SILENCE):
            writer.write(data)
            await writer.drain()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def main() -> None:
    """Serve for ever."""
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=1024)
    async with server:
        await server.serve_forever()


asyncio.run(main())
