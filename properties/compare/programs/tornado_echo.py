"""Echo with Tornado's TCPServer, one coroutine for each connection."""

import asyncio
import sys

from tornado.iostream import IOStream, StreamClosedError
from tornado.tcpserver import TCPServer


class Echo(TCPServer):
    """Send back what comes, until the stream is closed."""

    async def handle_stream(self, stream: IOStream, _address: tuple[str, int]) -> None:
        """Serve one connection."""
        try:
            while True:
                await stream.write(await stream.read_bytes(65536, partial=True))
        except StreamClosedError:
            pass


async def main() -> None:
    server = Echo()
    server.listen(int(sys.argv[2]), address=sys.argv[1])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
