"""tcpcli: the echo client that watches the socket and standard input, the reference (UNP 6.11).

It prints the echo of its standard input. At the end of the input it half-closes the connection and
prints every echo still owed. It says so, and ends with status 1, when the server terminates
prematurely or resets the connection, also while the user types nothing.
"""

from target.str_cli import main, str_cli

if __name__ == "__main__":
    main("tcpcli", __doc__, str_cli)
