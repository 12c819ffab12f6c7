# mistake: a coroutine does not yield where sock_recv() has data at once (asyncio)
# invariant: prompt_service
# fault: flooding_client
"""Echo on asyncio's low-level socket calls, a task for each client."""

import asyncio
import contextlib
import socket

from tests.mutants.unp import REST, tcp_listen

CHUNK = 4096


async def echo(connection: socket.socket) -> None:
    """Echo until the client has finished."""
    loop = asyncio.get_running_loop()
    with connection, contextlib.suppress(OSError):
        while data := await loop.sock_recv(connection, CHUNK):
            await loop.sock_sendall(connection, data)


async def main() -> None:
    """Start a task for each client."""
    listener = tcp_listen()
    listener.setblocking(False)
    tasks = set()
    while True:
        try:
            connection, _ = await asyncio.get_running_loop().sock_accept(listener)
        except OSError:
            await asyncio.sleep(REST)
            continue
        connection.setblocking(False)
        task = asyncio.create_task(echo(connection))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


asyncio.run(main())
