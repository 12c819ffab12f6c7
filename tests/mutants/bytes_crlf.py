# mistake: CR LF is translated into LF (RFC 862 echoes any data)
# invariant: exact_echo
# fault: control
"""An asyncio server with universal newlines."""

import asyncio
import contextlib
import sys


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo with the newlines of another system."""
    while data := await reader.read(4096):
        writer.write(data.replace(b"\r\n", b"\n"))
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
