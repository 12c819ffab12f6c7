"""What the clients of UNIX Network Programming chapters 5 and 6 do, each in its own way.

`str_cli` watches the socket and standard input together, so that it learns at once that the server
has gone (UNP 6.4, 6.7, 6.11). `str_cli_fgets` is the first version, blocked in fgets (UNP 5.5).

A client that has nothing more to do ends with status 0; `err_quit` prints why in one sentence and
ends it with status 1.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import socket
import struct

from target.echo_server import MAXLINE, checked, libc, writen
from target.options import CommandLine

# The name is what type checkers look for; importing typing would cost each start 5 ms.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

STDIN, STDOUT = 0, 1
CHUNK = 65536

# What poll(2) reports when a read will not block: data, EOF or an error to be fetched.
READABLE = select.POLLIN | select.POLLHUP | select.POLLERR | select.POLLNVAL

TERMINATED = "str_cli: server terminated prematurely"

# ECONNRESET: the connection died without a FIN, or with unread data (UNP 5.12, 5.15).
# EPIPE: we wrote after the reset had been reported, or after a FIN and a reset (UNP 5.13).
SOCKET_ERRORS = {
    errno.ECONNRESET: "str_cli: connection reset by peer",
    errno.EPIPE: "str_cli: broken pipe, the server had closed the connection before we wrote",
    errno.ETIMEDOUT: "str_cli: connection timed out, the server host does not answer",
}


def err_quit(message: str) -> NoReturn:
    """Print the message on standard error and end with status 1 (UNP D.3)."""
    raise SystemExit(message)


def err_socket(error: OSError) -> NoReturn:
    """Print what happened to the connection, and end."""
    err_quit(SOCKET_ERRORS.get(error.errno or 0, f"str_cli: {error.strerror}"))


def fputs(data: bytes) -> None:
    """Write to standard output at once: its reader sees each echo when it comes."""
    try:
        writen(STDOUT, data)
    except OSError as error:
        err_quit(f"str_cli: cannot write to standard output: {error.strerror}")


def read_input(maximum: int) -> bytes:
    """Read what standard input has at the moment, b"" at its end."""
    try:
        return os.read(STDIN, maximum)
    except OSError as error:
        err_quit(f"str_cli: cannot read standard input: {error.strerror}")


class Conversation:
    """One client's exchange with its server; neither direction ever blocks the other.

    The socket does not block, and only what poll() reports is touched. The server may stop reading
    until its echoes are read; a client that blocked in write() would then wait for ever (UNP 16.2).
    """

    def __init__(self, sockfd: socket.socket) -> None:
        self.sockfd = sockfd
        self.unsent = b""
        self.owed = 0
        self.input_ended = False
        self.finished = False
        sockfd.setblocking(False)

    def ready(self) -> dict[int, int]:
        """Sleep until there is something to do, and return the events of each descriptor."""
        poller = select.poll()
        poller.register(self.sockfd, select.POLLIN | (select.POLLOUT if self.unsent else 0))
        # Input waits while some is unsent: the client holds one chunk, however much there is.
        if not self.input_ended and not self.unsent:
            poller.register(STDIN, select.POLLIN)
        return dict(poller.poll())

    def take_input(self) -> None:
        """Read standard input; at its end, half-close the connection (UNP 6.6)."""
        self.unsent = read_input(CHUNK)
        self.owed += len(self.unsent)
        if not self.unsent:
            self.input_ended = True
            try:
                self.sockfd.shutdown(socket.SHUT_WR)
            except OSError as error:
                # The connection is gone already, and the next read reports how it ended.
                if error.errno != errno.ENOTCONN:
                    err_socket(error)

    def send(self) -> None:
        """Send what the socket takes now."""
        try:
            self.unsent = self.unsent[self.sockfd.send(self.unsent) :]
        except BlockingIOError:
            return
        except OSError as error:
            # A write takes the error away from the reads, but the echoes that came before it are
            # still in the receive queue, and the user is to see them.
            self.print_what_is_left()
            err_socket(error)

    def print_what_is_left(self) -> None:
        """Print the echoes that arrived before the connection failed."""
        try:
            while echo := self.sockfd.recv(CHUNK):
                fputs(echo)
        except OSError:
            return

    def receive(self) -> None:
        """Print an echo; at EOF, decide whether the server had a right to stop."""
        try:
            echo = self.sockfd.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            err_socket(error)
        self.owed -= len(echo)
        fputs(echo)
        if not echo:
            if not self.input_ended or self.owed > 0:
                err_quit(TERMINATED)
            self.finished = True


def str_cli(sockfd: socket.socket) -> None:
    """Echo standard input through the server until both have ended (UNP 6.7, 16.2)."""
    conversation = Conversation(sockfd)
    while not conversation.finished:
        events = conversation.ready()
        # Reading comes first, so that EOF is reported as EOF and not as the EPIPE of a write.
        if events.get(sockfd.fileno(), 0) & READABLE:
            conversation.receive()
        if events.get(sockfd.fileno(), 0) & select.POLLOUT:
            conversation.send()
        if events.get(STDIN, 0) & READABLE:
            conversation.take_input()


class LineReader:
    """Lines out of a byte stream: the read-ahead of stdio's fgets and of readline (UNP 3.9)."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self.read = read
        self.buffered = b""

    def readline(self, maximum: int) -> bytes:
        """Return bytes up to and with a newline, at most `maximum`; fewer only at EOF."""
        while b"\n" not in self.buffered and len(self.buffered) < maximum:
            data = self.read(MAXLINE)
            if not data:
                break
            self.buffered += data
        end = min(self.buffered.find(b"\n") + 1 or maximum, maximum)
        line, self.buffered = self.buffered[:end], self.buffered[end:]
        return line


def str_cli_fgets(sockfd: socket.socket) -> None:
    """Send a line, wait for its echo, print it, again (UNP 5.5).

    The mistake is kept: blocked in fgets, it cannot see that the server has gone (UNP 5.12). That
    is its only one. An echo is read with the length of its line, because the book's readline would
    wait for ever for the newline of a last line that has none; and the socket is looked at before
    the end, so that the client reports how the connection ended, if only late.
    """
    sockfd.setblocking(True)
    stdin, server = LineReader(read_input), LineReader(sockfd.recv)
    try:
        while line := stdin.readline(MAXLINE):
            writen(sockfd.fileno(), line)
            echo = server.readline(len(line))
            fputs(echo)
            if len(echo) < len(line):
                err_quit(TERMINATED)
        if select.select([sockfd], [], [], 0)[0] and not sockfd.recv(1):
            err_quit(TERMINATED)
    except OSError as error:
        err_socket(error)


def sockaddr(family: int, address: tuple[Any, ...]) -> bytes:
    """Return struct sockaddr_in or sockaddr_in6, as connect(2) takes it (UNP 3.2)."""
    host, port, *rest = address
    head = struct.pack("=H", family)
    packed = socket.inet_pton(family, host.partition("%")[0])
    if family == socket.AF_INET:
        return head + struct.pack("!H4s8x", port, packed)
    flow, scope = rest
    return head + struct.pack("!HI16s", port, flow, packed) + struct.pack("=I", scope)


def connect(sockfd: socket.socket, address: bytes) -> None:
    """Connect; when a signal interrupts it, wait for the outcome and fetch it from SO_ERROR.

    The interrupted call goes on in the kernel, and a second call would fail (UNP 5.9, 16.4). The
    call goes through libc because Python's own hides the interruption (PEP 475).
    """
    try:
        checked(libc.connect(sockfd.fileno(), address, len(address)))
    except InterruptedError:
        poller = select.poll()
        poller.register(sockfd, select.POLLOUT)
        poller.poll()
        if number := sockfd.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(number, os.strerror(number)) from None


def tcp_connect(host: str, port: int) -> socket.socket:
    """Return a socket connected to the first address of the host that answers (UNP 11.12)."""
    failure = OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
    for family, kind, protocol, _, address in socket.getaddrinfo(
        os.fsencode(host), port, type=socket.SOCK_STREAM
    ):
        sockfd = socket.socket(family, kind, protocol)
        try:
            connect(sockfd, sockaddr(family, address))
        except OSError as error:
            sockfd.close()
            failure = error
        else:
            return sockfd
    raise failure


def sig_winch(signo: int, frame: object) -> None:
    """Take no notice of a new window size, as a program that draws nothing.

    A terminal sends it at any moment, and a program that catches it must expect EINTR (UNP 5.9).
    """
    del signo, frame


def main(
    program: str, summary: str | None, talk: Callable[[socket.socket], None], connections: int = 1
) -> None:
    """Run one client from its command line."""
    # Ctrl-C ends a client as it ends any program, without Python's traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGWINCH, sig_winch)
    example = f"example:\n  echo 'hello, world' | python -m target.{program} 127.0.0.1 9877"
    host, port = CommandLine(program, summary, example, ("HOST", "PORT")).address()
    with contextlib.ExitStack() as opened:
        try:
            sockets = [opened.enter_context(tcp_connect(host, port)) for _ in range(connections)]
        except OSError as error:
            err_quit(f"{program}: cannot connect to {host} port {port}: {error.strerror}")
        talk(sockets[0])
