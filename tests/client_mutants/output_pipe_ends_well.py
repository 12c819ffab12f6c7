# mistake: a broken pipe of its output ends it with status 0 and without a word (write(2))
# invariant: reports_output_error
# fault: output_fails
"""A client for which a reader that has gone is an orderly end."""

from tests.client_mutants.unpcli import Client, tcp_connect


class Content(Client):
    """Prints for as long as its output is read."""

    def show(self, data: bytes) -> None:
        """Print an echo."""
        try:
            super().show(data)
        except BrokenPipeError:
            raise SystemExit(0) from None


Content(tcp_connect()).run()
