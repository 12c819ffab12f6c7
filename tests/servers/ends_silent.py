"""A server with a child for each client, which SIGALRM ends so many seconds after the last bytes.

Its time-out is no timeout of a call: nothing shows it while it runs. `ends_silent.py PORT SECONDS`.
"""

import os
import signal
import socket
import sys

SECONDS = float(sys.argv[2])


def serve(connection: socket.socket) -> None:
    """Echo to one client until it has sent its FIN, or nothing for too long."""
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    while data := connection.recv(4096):
        connection.sendall(data)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)


def main() -> None:
    """Fork for each client; the kernel reaps."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128) as listener:
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                serve(connection)
                os._exit(0)
            connection.close()


main()
