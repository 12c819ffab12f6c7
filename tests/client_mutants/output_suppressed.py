# mistake: errors of standard output are suppressed, and echoes are lost in silence (write(2))
# invariant: reports_output_error
# fault: output_fails
"""A client that does not mind where its echoes go."""

import contextlib

from tests.client_mutants.unpcli import Client, tcp_connect


class Careless(Client):
    """Prints what can be printed."""

    def show(self, data: bytes) -> None:
        """Print an echo."""
        with contextlib.suppress(OSError):
            super().show(data)


Careless(tcp_connect()).run()
