# mistake: O_NONBLOCK of the input is cleared at every end but that of a failed output (UNP 16.2)
# invariant: leaves_as_found
# fault: output_fails
"""A client mutant: what it has set for its input stays when its output fails."""

import os
from typing import NoReturn

from tests.client_mutants.unpcli import STDIN, Client, err_quit, tcp_connect, write_all


class NonBlockingInput(Client):
    """Reads an input that does not block."""

    def show(self, data: bytes) -> None:
        """Print an echo, or give up at once."""
        try:
            write_all(data)
        except OSError as error:
            os.write(2, f"str_cli: standard output: {error.strerror}\n".encode())
            os._exit(1)

    def broken(self, error: OSError) -> NoReturn:
        """Tell that the connection was lost; main() restores the input."""
        err_quit(f"str_cli: {error.strerror}")


def main() -> None:
    """Restore the input after the conversation, however that ends."""
    client = NonBlockingInput(tcp_connect())
    os.set_blocking(STDIN, False)
    try:
        client.run()
    finally:
        os.set_blocking(STDIN, True)


if __name__ == "__main__":
    main()
