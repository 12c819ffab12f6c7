# mistake: the reading thread expects ConnectionError; a TimeoutError ends it alone (UNP 5.14)
# invariant: exit_status
# fault: host_crash
"""Two threads; what the reading one does not expect ends it alone, and the other ends well."""

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
        """Print what comes, to the end, and end the process where that came too early."""
        try:
            while data := self.sockfd.recv(CHUNK):
                self.echoed += len(data)
                write_all(data)
        except ConnectionError as error:
            os.write(2, f"str_cli: {error.strerror}\n".encode())
            os._exit(1)
        if not self.input_ended or self.echoed < self.typed:
            os.write(2, f"{TERMINATED}\n".encode())
            os._exit(1)
        os._exit(0)

    def copy_input(self) -> None:
        """Send what is typed, to the end."""
        with contextlib.suppress(OSError):
            while data := os.read(STDIN, CHUNK):
                self.typed += len(data)
                self.sockfd.sendall(data)
            self.input_ended = True
            self.sockfd.shutdown(socket.SHUT_WR)


threading.excepthook = lambda _: None
conversation = Conversation(tcp_connect())
reader = threading.Thread(target=conversation.copy_echoes, daemon=True)
reader.start()
conversation.copy_input()
reader.join()
