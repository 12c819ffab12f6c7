# report: avar/sendmail-pmilter#2
# mistake: errno of accept() is ECHILD, of the handler of SIGCHLD, and counts as a client: it forks
# invariant: no_spin
# fault: control
# missed: some children come and end at once, then it waits again: nothing of that is left to see
"""Forks, and makes its calls through ctypes, whose errno the handler shares with the listener."""

import ctypes
import errno
import os
import signal
import socket
import time

from tests.mutants.unp import REST, serve, str_echo, tcp_listen

FIXED = "FIXED" in os.environ
libc = ctypes.CDLL(None, use_errno=True)


def child_ended(*_: object) -> None:
    """Wait for all that have ended."""
    before = ctypes.get_errno()
    while libc.waitpid(-1, None, os.WNOHANG) > 0:
        pass
    if FIXED:
        ctypes.set_errno(before)


listener = tcp_listen()
signal.signal(signal.SIGCHLD, child_ended)
while True:
    descriptor = libc.accept(listener.fileno(), None, None)
    error = ctypes.get_errno()
    if descriptor < 0 and (FIXED or error != errno.ECHILD):
        if error != errno.EINTR:
            time.sleep(REST)
        continue
    pid = os.fork()
    if pid == 0:
        listener.close()
        if descriptor >= 0:
            serve(socket.socket(fileno=descriptor), str_echo)
        os._exit(0)
    if descriptor >= 0:
        os.close(descriptor)
