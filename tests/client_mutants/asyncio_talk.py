"""A client of two asyncio tasks, one for each direction (UNP 16.2), on low-level socket calls."""

import asyncio
import os
import socket

from tests.client_mutants.unpcli import (
    CHUNK,
    STDIN,
    TERMINATED,
    err_quit,
    err_socket,
    tcp_connect,
    write_all,
)


class Conversation:
    """What the two tasks know."""

    def __init__(self, sockfd: socket.socket) -> None:
        sockfd.setblocking(False)
        self.sockfd = sockfd
        self.owed = 0
        self.input_ended = False
        self.failure: OSError | None = None

    async def copy_input(self) -> None:
        """Send what is typed; the end of it, or of the connection, ends the task."""
        loop = asyncio.get_running_loop()
        typed = asyncio.Event()
        loop.add_reader(STDIN, typed.set)
        try:
            while True:
                await typed.wait()
                data = os.read(STDIN, CHUNK)
                typed.clear()
                if not data:
                    break
                self.owed += len(data)
                loop.remove_reader(STDIN)
                await loop.sock_sendall(self.sockfd, data)
                loop.add_reader(STDIN, typed.set)
            loop.remove_reader(STDIN)
            self.input_ended = True
            self.sockfd.shutdown(socket.SHUT_WR)
        except OSError as error:
            loop.remove_reader(STDIN)
            self.failure = error

    async def copy_echoes(self) -> None:
        """Print what comes; at its end decide whether the server had a right to stop."""
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(self.sockfd, CHUNK):
            self.owed -= len(data)
            write_all(data)
        await self.let_the_other_run()
        if self.failure:
            raise self.failure
        if not self.input_ended or self.owed > 0:
            err_quit(TERMINATED)

    async def let_the_other_run(self) -> None:
        """Let the other task run: a send() of this turn may have used up the error."""
        await asyncio.sleep(0)


async def _run(kind: type[Conversation]) -> None:
    conversation = kind(tcp_connect())
    typing = asyncio.create_task(conversation.copy_input())
    try:
        await conversation.copy_echoes()
    except OSError as error:
        err_socket(error)
    finally:
        typing.cancel()


def run(kind: type[Conversation] = Conversation) -> None:
    """Run both tasks until the echoes have ended."""
    asyncio.run(_run(kind))
