"""The correct half of the Python client mutants and variants, after UNP chapters 5, 6 and 16.

A mutant replaces one method of Client; what it does not replace is right. A program that is run by
hand is started from the top of the checkout: `python -m tests.client_mutants.bytes_utf8 HOST PORT`.
"""

import contextlib
import errno
import os
import select
import socket
import sys
from typing import Final, NoReturn

MAXLINE: Final = 4096
CHUNK: Final = 65536
STDIN: Final = 0
STDOUT: Final = 1
READABLE: Final = select.POLLIN | select.POLLHUP | select.POLLERR | select.POLLNVAL

TERMINATED: Final = "str_cli: server terminated prematurely"

WORDS: Final = {
    errno.ECONNRESET: "connection reset by peer",
    errno.EPIPE: "broken pipe, the server had closed the connection before we wrote",
}


def err_quit(message: str) -> NoReturn:
    """Tell it on standard error and end with status 1."""
    raise SystemExit(message)


def err_socket(error: OSError) -> NoReturn:
    """Tell what happened to the connection."""
    err_quit(f"str_cli: {WORDS.get(error.errno or 0, error.strerror)}")


def write_all(data: bytes) -> None:
    """Write to standard output at once."""
    while data:
        data = data[os.write(STDOUT, data) :]


def tcp_connect() -> socket.socket:
    """Connect to the host and port of the command line, or tell why not."""
    program, host, port = sys.argv
    try:
        return socket.create_connection((host, int(port)))
    except OSError as error:
        name = os.path.basename(program)
        err_quit(f"{name}: cannot connect to {host} port {port}: {error.strerror}")


class Client:
    """A conversation on poll(), with a socket that does not block."""

    def __init__(self, sockfd: socket.socket) -> None:
        self.sockfd = sockfd
        self.unsent = b""
        self.owed = 0
        self.input_ended = False
        self.finished = False
        sockfd.setblocking(False)

    def run(self) -> None:
        """Echo standard input through the server until both have ended."""
        while not self.finished:
            self.turn(self.wait())

    def wait(self) -> dict[int, int]:
        """Sleep until there is something to do; input waits while some of it is unsent."""
        poller = select.poll()
        poller.register(self.sockfd, select.POLLIN | (select.POLLOUT if self.unsent else 0))
        if not self.unsent and not self.input_ended:
            poller.register(STDIN, select.POLLIN)
        return dict(poller.poll())

    def turn(self, events: dict[int, int]) -> None:
        """Read before writing, so that EOF is told as EOF and not as EPIPE."""
        ready = events.get(self.sockfd.fileno(), 0)
        if ready & READABLE:
            self.receive()
        if ready & select.POLLOUT:
            self.send()
        if events.get(STDIN, 0):
            self.take_input()

    def take_input(self) -> None:
        """Read standard input; a half-close tells its end."""
        data = os.read(STDIN, CHUNK)
        self.unsent += data
        self.owed += len(data)
        if not data:
            self.end_input()

    def end_input(self) -> None:
        """Half-close; how a connection that is gone was lost, the next read tells."""
        self.input_ended = True
        with contextlib.suppress(OSError):
            self.sockfd.shutdown(socket.SHUT_WR)

    def send(self) -> None:
        """Send what the socket takes now."""
        try:
            self.unsent = self.unsent[self.sockfd.send(self.unsent) :]
        except BlockingIOError:
            return
        except OSError as error:
            with contextlib.suppress(OSError):
                while data := self.sockfd.recv(CHUNK):
                    self.show(data)
            self.broken(error)

    def receive(self) -> None:
        """Read once."""
        try:
            data = self.sockfd.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            self.broken(error)
            return
        if data:
            self.owed -= len(data)
            self.show(data)
        else:
            self.at_eof()

    def show(self, data: bytes) -> None:
        """Print an echo."""
        write_all(data)

    def at_eof(self) -> None:
        """Decide whether the server had a right to stop."""
        if not self.input_ended or self.owed > 0:
            err_quit(TERMINATED)
        self.finished = True

    def broken(self, error: OSError) -> None:
        """Tell that the connection was lost."""
        err_socket(error)
