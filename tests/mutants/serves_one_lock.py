# mistake: a lock is held while a client is served: asyncio, but one client at a time (UNP 4.8)
# invariant: prompt_service
# fault: control
"""An asyncio server that accepts everybody and serves whoever has the lock."""

import asyncio

from tests.mutants.streams import serve_streams, str_echo
from tests.mutants.unp import tcp_listen

lock = asyncio.Lock()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo, alone."""
    async with lock:
        await str_echo(reader, writer)


serve_streams(tcp_listen(), echo)
