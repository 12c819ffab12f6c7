# mistake: after the end of input a tenth of a second is all that echoes are given (UNP 6.5)
# invariant: no_data_lost_at_eof
# fault: control
"""A client that does not wait long, as netcat's -q does."""

import select

from tests.client_mutants.unpcli import Client, tcp_connect


class Hasty(Client):
    """Gives up when nothing has come for a moment."""

    def wait(self) -> dict[int, int]:
        """Sleep; when the input has ended, not for long."""
        if not self.input_ended:
            return super().wait()
        poller = select.poll()
        poller.register(self.sockfd, select.POLLIN)
        events = dict(poller.poll(100))
        self.finished = not events
        return events


Hasty(tcp_connect()).run()
