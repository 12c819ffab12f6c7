"""Echo with trio, one task for each connection: the server of trio's tutorial."""

import sys

import trio


async def echo(stream: trio.SocketStream) -> None:
    """Send back what comes; a client that is gone must not end the other tasks."""
    try:
        async for data in stream:
            await stream.send_all(data)
    except trio.BrokenResourceError:
        pass


async def main() -> None:
    await trio.serve_tcp(echo, int(sys.argv[2]), host=sys.argv[1])


if __name__ == "__main__":
    trio.run(main)
