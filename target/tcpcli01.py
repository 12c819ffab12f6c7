"""tcpcli01: the echo client that is blocked in fgets (UNP 5.4).

Its mistake: while the user types nothing it cannot see that the server has gone; it learns it with
the next line (UNP 5.12).
"""

from target.str_cli import main, str_cli_fgets

if __name__ == "__main__":
    main("tcpcli01", __doc__, str_cli_fgets)
