# mistake: half a second after a reset its clean-up ends the process (asyncio, call_later)
# invariant: listener_survives
# fault: disconnect_burst
"""An event loop that survives the reset itself, and not the clean-up that it has put off."""

import asyncio
import os
import sys

DELAY = 0.5


class Echo(asyncio.Protocol):
    """Sends back what comes in."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Echo."""
        self.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up later, where nobody catches what goes wrong."""
        if isinstance(exc, ConnectionResetError):
            asyncio.get_running_loop().call_later(DELAY, os._exit, 9)


async def main() -> None:
    """Serve for ever."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


asyncio.run(main())
