# mistake: the end of input stays readable and is asked for again and again (UNP 6.7)
# invariant: no_spin
# fault: control
"""A client that never takes standard input out of its poll()."""

import select

from tests.client_mutants.unpcli import STDIN, Client, tcp_connect


class Asking(Client):
    """Asks for input that has ended."""

    def wait(self) -> dict[int, int]:
        """Sleep until there is something to do."""
        poller = select.poll()
        poller.register(self.sockfd, select.POLLIN | (select.POLLOUT if self.unsent else 0))
        if not self.unsent:
            poller.register(STDIN, select.POLLIN)
        return dict(poller.poll())


Asking(tcp_connect()).run()
