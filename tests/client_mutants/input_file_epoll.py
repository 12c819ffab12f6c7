# mistake: the input is waited for with epoll, which takes no regular file (epoll_ctl(2), UNP 6.5)
# invariant: no_data_lost_at_eof
# fault: control
"""A client that ends at once where its input is a file."""

import select

from tests.client_mutants.unpcli import STDIN, Client, tcp_connect


class Asking(Client):
    """Asks epoll about everything."""

    def wait(self) -> dict[int, int]:
        """Sleep until there is something to do."""
        with select.epoll() as poller:
            poller.register(self.sockfd, select.EPOLLIN | (select.EPOLLOUT if self.unsent else 0))
            if not self.unsent and not self.input_ended:
                poller.register(STDIN, select.EPOLLIN)
            return dict(poller.poll())


Asking(tcp_connect()).run()
