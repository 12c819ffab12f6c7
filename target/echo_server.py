"""The echo server of UNIX Network Programming chapter 5: it forks one worker for each client.

Each of tcpserv01 to tcpserv04 is this server with another handler of SIGCHLD.

The slow calls go through libc. Python's own accept and read begin again by themselves after a
signal (PEP 475), so a server built on them shows neither their mistakes nor the cure.

The signals are let in at one place. CPython runs a handler between two bytecodes, not at once as C
does: a SIGCHLD that lands after the interpreter's last look and before accept() would be slept
through, and its zombie would stay until the next client. This is the race that pselect() was made
for (UNP 20.5), and it is closed the same way: the listener holds its signals blocked, and ppoll()
lets them in and goes to sleep as one step. "The slow call", `accept`, is therefore ppoll() and then
accept(); the EINTR comes from the first, and the handler has run before the loop goes on.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import select
import signal
import socket

from target.options import CommandLine

# The name is what type checkers look for; importing typing would cost each start 5 ms.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any, NoReturn

    Handler = Callable[[int, FrameType | None], Any]
    SignalMask = ctypes.Array[ctypes.c_ulong]

MAXLINE = 4096
LISTENQ = 1024

HELD_SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)

# This client is lost and the next one is not: accept again. ECONNABORTED is the connection that was
# reset before it was accepted (UNP 5.11). EAGAIN is the client that was gone between ppoll and
# accept (UNP 16.6). The rest are errors already pending on the new connection, which Linux reports
# here and accept(2), under "Error handling", says to treat like EAGAIN.
CLIENT_LOST = frozenset({
    errno.ECONNABORTED, errno.EAGAIN, errno.EWOULDBLOCK, errno.ENETDOWN, errno.EPROTO,
    errno.ENOPROTOOPT, errno.EHOSTDOWN, errno.ENONET, errno.EHOSTUNREACH, errno.EOPNOTSUPP,
    errno.ENETUNREACH,
})  # fmt: skip

# The client may still be in the queue, so accepting again at once could go round for ever. The
# first four are accept(2)'s shortages of descriptors and of memory; EPERM is a firewall or a
# security module that denies it, some of them before the client has left the queue.
CLIENT_STILL_QUEUED = frozenset({
    errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EPERM,
})  # fmt: skip

# Short for a client that waits; a hundred rounds a second use 2 % of a processor.
PAUSE_NANOSECONDS = 10_000_000

# How a client goes without a FIN: it resets, or it is written to after it has gone (UNP 5.13), or
# its host does not answer any more (UNP 5.14).
CLIENT_GONE = frozenset({
    errno.ECONNRESET, errno.EPIPE, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH,
})  # fmt: skip


class PollDescriptor(ctypes.Structure):
    """struct pollfd of poll(2)."""

    _fields_ = (("fd", ctypes.c_int), ("events", ctypes.c_short), ("revents", ctypes.c_short))


libc = ctypes.CDLL(None, use_errno=True)
libc.read.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)
libc.read.restype = ctypes.c_ssize_t
libc.write.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t)
libc.write.restype = ctypes.c_ssize_t
libc.accept.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
libc.connect.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
libc.ppoll.argtypes = (ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_void_p)


def checked(result: int) -> int:
    """Return what a system call returned, or raise its errno as the OSError Python would raise."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def read(fd: int, maximum: int) -> bytes:
    """Make one call (man 2 read); when interrupted raise InterruptedError."""
    buffer = ctypes.create_string_buffer(maximum)
    return ctypes.string_at(buffer, checked(libc.read(fd, buffer, maximum)))


def writen(fd: int, data: bytes) -> None:
    """Write all of `data`, however many calls it takes (UNP 3.9)."""
    while data:
        try:
            data = data[checked(libc.write(fd, data, len(data))) :]
        except InterruptedError:
            continue


def str_echo(sockfd: int) -> None:
    """Send back what comes in until the client's FIN (UNP 5.3)."""
    while True:
        try:
            data = read(sockfd, MAXLINE)
        except InterruptedError:
            continue
        if not data:
            return
        writen(sockfd, data)


def mask_that_lets_in(signals: tuple[signal.Signals, ...]) -> SignalMask:
    """Return this process's signal mask without `signals`, as the sigset_t that libc takes."""
    mask = (ctypes.c_ulong * (128 // ctypes.sizeof(ctypes.c_ulong)))()
    checked(libc.sigprocmask(signal.SIG_BLOCK, None, mask))
    for number in signals:
        checked(libc.sigdelset(mask, int(number)))
    return mask


def let_pending_signals_in() -> None:
    """Run the handlers of the signals that came while they were held."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_SIGNALS)
    signal.pthread_sigmask(signal.SIG_BLOCK, HELD_SIGNALS)


def accept(listenfd: int, open_mask: SignalMask) -> int:
    """Sleep until a client comes, and return its socket; a signal raises InterruptedError.

    There is no timeout, so it shows from outside that nothing else will wake it.
    """
    waiting = PollDescriptor(listenfd, select.POLLIN, 0)
    checked(libc.ppoll(ctypes.byref(waiting), 1, None, open_mask))
    # ppoll() does not deliver signals when it finds a client at once, so that a queue which never
    # runs empty would keep SIGCHLD and SIGTERM out for ever.
    let_pending_signals_in()
    return checked(libc.accept(listenfd, None, None))


def pause(open_mask: SignalMask) -> None:
    """Wait for a shortage to end: until a child ends, which releases what it held, or a while.

    The children may live for hours, and others may cause the shortage: hence the time limit. The
    other known cure, a descriptor kept in reserve to accept the client and close at once, turns
    away a client that could be served in a moment, and it is no help against ENFILE and ENOMEM.
    """
    timespec = (ctypes.c_long * 2)(0, PAUSE_NANOSECONDS)
    libc.ppoll(None, 0, timespec, open_mask)


def recover(error: OSError, open_mask: SignalMask, retry_interrupted_accept: bool) -> None:
    """Return when accept is to be called again after `error`; otherwise end the server."""
    if error.errno in CLIENT_LOST or (error.errno == errno.EINTR and retry_interrupted_accept):
        return
    if error.errno in CLIENT_STILL_QUEUED:
        pause(open_mask)
        return
    raise SystemExit(f"accept error: {error.strerror}")


def work(listenfd: int, connfd: int) -> NoReturn:
    """Be the worker of one client: echo, and end.

    A worker dies of SIGTERM and of SIGINT like any program, so it takes the default dispositions
    before it lets the signals in. It leaves through _exit, or it would return into the listener's
    loop with the listener's cleanup still to do.
    """
    status = 1
    try:
        os.close(listenfd)
        for number in HELD_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_SIGNALS)
        str_echo(connfd)
        status = 0
    except OSError as error:
        if error.errno not in CLIENT_GONE:
            os.write(2, f"str_echo: {error.strerror}\n".encode())
    finally:
        os._exit(status)


def serve_client(listenfd: int, connfd: int) -> None:
    """Fork the worker of one client, and close the listener's copy (UNP 4.8)."""
    # Out of processes or of memory: the close tells this client, and the listener stays. A second
    # try for this client would delay every client after it.
    with contextlib.suppress(OSError):
        if os.fork() == 0:
            work(listenfd, connfd)
    os.close(connfd)


def serve(listenfd: int, open_mask: SignalMask, retry_interrupted_accept: bool) -> NoReturn:
    """Serve clients until a signal handler ends the process (UNP 5.2, 5.12)."""
    while True:
        try:
            connfd = accept(listenfd, open_mask)
        except OSError as error:
            recover(error, open_mask, retry_interrupted_accept)
        else:
            serve_client(listenfd, connfd)


def close_down(_signo: int, _frame: FrameType | None) -> NoReturn:
    """Handle SIGTERM and SIGINT: leave with status 0; the workers keep their clients.

    Raising is safe here, because the signals are let in only where nothing is half done.
    """
    raise SystemExit(0)


def take_signals(sig_chld: Handler | None) -> SignalMask:
    """Hold the signals back, install their handlers, and return the mask that lets them in.

    signal.signal() leaves SA_RESTART off, so that the interrupted call does end with EINTR.
    """
    open_mask = mask_that_lets_in(HELD_SIGNALS)
    signal.pthread_sigmask(signal.SIG_BLOCK, HELD_SIGNALS)
    # The default is set, not assumed: a SIGCHLD that the parent ignored would stay ignored through
    # exec, and then the kernel reaps and the server without a handler leaves no zombies (wait(2)).
    signal.signal(signal.SIGCHLD, sig_chld or signal.SIG_DFL)
    signal.signal(signal.SIGTERM, close_down)
    signal.signal(signal.SIGINT, close_down)
    return open_mask


def listen(host: str, port: int) -> socket.socket:
    """Return the listening socket (UNP 4.3 to 4.5), IPv4 or IPv6 as the address says.

    SO_REUSEADDR lets a restarted server bind while its last clients linger (UNP 7.5). The socket
    does not block, or a client that has gone between ppoll and accept would stop the listener
    inside accept with its signals held (UNP 16.6). Bytes spare getaddrinfo the import of IDNA.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        os.fsencode(host), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with contextlib.ExitStack() as cleanup:
        listener = cleanup.enter_context(socket.socket(family, kind, protocol))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        listener.bind(address)
        listener.listen(LISTENQ)
        cleanup.pop_all()
    return listener


EXAMPLE = """example:
  python -m target.{program} --port 9877
  python -m target.tcpcli 127.0.0.1 9877      (in another terminal)

It prints nothing while it serves. SIGTERM and Ctrl-C end it."""


def main(
    program: str,
    summary: str | None,
    *,
    sig_chld: Handler | None,
    retry_interrupted_accept: bool = True,
) -> NoReturn:
    """Run one of these servers from its command line."""
    options = CommandLine(program, summary, EXAMPLE.format(program=program), ("--host", "--port"))
    host, port = options.address()
    # Before listen(), or a signal to a server that just began to listen would find no handler.
    open_mask = take_signals(sig_chld)
    try:
        listener = listen(host, port)
    except OSError as error:
        options.error(f"cannot listen on {host} port {port}: {error.strerror}")
    with contextlib.closing(listener):
        serve(listener.fileno(), open_mask, retry_interrupted_accept)
