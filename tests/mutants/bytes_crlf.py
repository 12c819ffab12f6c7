# mistake: CR LF is translated into LF (RFC 862 echoes any data)
# invariant: exact_echo
# fault: control
# seed: 7
"""An asyncio server with universal newlines."""

import asyncio

from tests.mutants.streams import serve_streams
from tests.mutants.unp import MAXLINE, tcp_listen


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo with the newlines of another system."""
    while data := await reader.read(MAXLINE):
        writer.write(data.replace(b"\r\n", b"\n"))
        await writer.drain()


serve_streams(tcp_listen(), echo)
