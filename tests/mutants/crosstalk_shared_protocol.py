# mistake: all clients share one Protocol, whose transport is the latest client's (UNP 26.5)
# invariant: exact_echo
# fault: mixed
# seed: 10
"""An asyncio server with one Protocol for everybody."""

import asyncio
import sys
from typing import cast


class Echo(asyncio.Protocol):
    """Echoes to the transport it saw last."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Echo."""
        self.transport.write(data)

    def pause_writing(self) -> None:
        """Read no more than can be written."""
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on reading."""
        self.transport.resume_reading()


async def main() -> None:
    """Serve for ever."""
    echo = Echo()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: echo, "127.0.0.1", int(sys.argv[1]), backlog=1024)
    await server.serve_forever()


asyncio.run(main())
