# mistake: the reading thread raises when the connection is lost, which ends that thread only
# invariant: notices_eof
# fault: peer_reset
"""Two threads; an exception in one of them is not seen by the other."""

import os
import socket
import threading

from tests.client_mutants.unpcli import CHUNK, STDIN, TERMINATED, err_quit, tcp_connect, write_all

owed = 0


def copy_echoes(sockfd: socket.socket) -> None:
    """Print what comes, to the end."""
    global owed
    while data := sockfd.recv(CHUNK):
        owed -= len(data)
        write_all(data)
    if reader.daemon:
        os.write(2, f"{TERMINATED}\n".encode())
        os._exit(1)


def copy_input(sockfd: socket.socket) -> None:
    """Send what is typed, to the end."""
    global owed
    while data := os.read(STDIN, CHUNK):
        owed += len(data)
        sockfd.sendall(data)
    sockfd.shutdown(socket.SHUT_WR)


connection = tcp_connect()
reader = threading.Thread(target=copy_echoes, args=(connection,), daemon=True)
reader.start()
copy_input(connection)
reader.join()
if owed > 0:
    err_quit(TERMINATED)
