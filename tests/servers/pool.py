"""Children that were made beforehand and are not made anew (UNP 30.6).

`pool.py PORT N [reaps] [in-turn]`. Each serves its clients from a loop; with `in-turn` one client
after the other. The parent sleeps in pause(); with `reaps` it waits for children that have ended.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one client."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def serve(listener: socket.socket) -> None:
    """Accept for ever."""
    server = await asyncio.start_server(echo, sock=listener)
    await server.serve_forever()


def serve_in_turn(listener: socket.socket) -> None:
    """Serve one client after the other, for ever."""
    while True:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(ConnectionError):
            while data := connection.recv(4096):
                connection.sendall(data)


def main() -> None:
    """Listen, make the children, and look after them or not."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    for _ in range(int(sys.argv[2])):
        if os.fork() == 0:
            if "in-turn" in sys.argv:
                serve_in_turn(listener)
            asyncio.run(serve(listener))
    while "reaps" in sys.argv:
        with contextlib.suppress(ChildProcessError):
            os.wait()
            continue
        break
    signal.pause()


main()
