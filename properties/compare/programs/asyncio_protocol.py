"""Echo with asyncio's callbacks: the protocol of the standard library's documentation."""

import asyncio
import sys
from typing import cast


class Echo(asyncio.Protocol):
    """Send back what comes; stop reading while the client does not take it."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Echo."""
        self.transport.write(data)

    def pause_writing(self) -> None:
        """Wait: the buffer is above its high mark."""
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on: the buffer has drained."""
        self.transport.resume_reading()


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, sys.argv[1], int(sys.argv[2]))
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
