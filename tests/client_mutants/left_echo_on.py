# mistake: the terminal's echo is on afterwards, whether or not it was before (tcsetattr(3))
# invariant: leaves_as_found
# fault: control
"""A client that shows only what comes back."""

import os
import termios

from tests.client_mutants.unpcli import STDIN, Client, tcp_connect

LOCAL_MODES = 3


def switch_echo(*, on: bool) -> None:
    """Have the terminal show what is typed, or not."""
    modes = termios.tcgetattr(STDIN)
    modes[LOCAL_MODES] = modes[LOCAL_MODES] & ~termios.ECHO | (termios.ECHO if on else 0)
    termios.tcsetattr(STDIN, termios.TCSANOW, modes)


client = Client(tcp_connect())
if os.isatty(STDIN):
    switch_echo(on=False)
try:
    client.run()
finally:
    if os.isatty(STDIN):
        switch_echo(on=True)
