# correct: O_NONBLOCK and the modes of its terminal are changed, and restored (UNP 16.2)
"""A client none of whose descriptors blocks it, and for which control-C is a byte."""

import contextlib
import os
import termios

from tests.client_mutants.unpcli import STDIN, Client, tcp_connect

LOCAL_MODES = 3


class Unblocked(Client):
    """Reads input that may not be there."""

    def take_input(self) -> None:
        """Read standard input, if there is any."""
        with contextlib.suppress(BlockingIOError):
            super().take_input()


client = Unblocked(tcp_connect())
is_terminal = os.isatty(STDIN)
found_blocking = os.get_blocking(STDIN)
found_modes = termios.tcgetattr(STDIN) if is_terminal else []
try:
    os.set_blocking(STDIN, False)
    if is_terminal:
        modes = termios.tcgetattr(STDIN)
        modes[LOCAL_MODES] &= ~termios.ISIG
        termios.tcsetattr(STDIN, termios.TCSANOW, modes)
    client.run()
finally:
    os.set_blocking(STDIN, found_blocking)
    if is_terminal:
        termios.tcsetattr(STDIN, termios.TCSANOW, found_modes)
