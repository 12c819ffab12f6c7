# mistake: the reading thread raises at a reset, and only that thread ends (UNP 26.3)
# invariant: notices_eof
# fault: peer_reset
"""Two threads; an exception in one of them is not seen by the other."""

import contextlib
import os
import socket
import threading

from tests.client_mutants.unpcli import CHUNK, STDIN, TERMINATED, tcp_connect, write_all


class Conversation:
    """What the two threads know."""

    def __init__(self, sockfd: socket.socket) -> None:
        self.sockfd = sockfd
        self.typed = self.echoed = 0
        self.input_ended = False

    def copy_echoes(self) -> None:
        """Print what comes, to the end, and end the process."""
        while data := self.sockfd.recv(CHUNK):
            self.echoed += len(data)
            write_all(data)
        early = not self.input_ended or self.echoed < self.typed
        if early:
            os.write(2, f"{TERMINATED}\n".encode())
        os._exit(early)

    def copy_input(self) -> None:
        """Send what is typed, to the end."""
        while data := os.read(STDIN, CHUNK):
            self.typed += len(data)
            self.sockfd.sendall(data)
        self.input_ended = True
        with contextlib.suppress(OSError):
            self.sockfd.shutdown(socket.SHUT_WR)


threading.excepthook = lambda _: None
conversation = Conversation(tcp_connect())
reader = threading.Thread(target=conversation.copy_echoes, daemon=True)
reader.start()
conversation.copy_input()
reader.join()
raise SystemExit(1)
