# mistake: an exception of recv() is taken for an empty read (UNP 5.15)
# invariant: reports_reset
# fault: peer_reset
"""A client whose reading never fails."""

from tests.client_mutants.unpcli import CHUNK, Client, tcp_connect


class Suppressing(Client):
    """Reads without errors."""

    def receive(self) -> None:
        """Read once; whatever goes wrong is the end."""
        try:
            data = self.sockfd.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.owed -= len(data)
            self.show(data)
        else:
            self.at_eof()


Suppressing(tcp_connect()).run()
