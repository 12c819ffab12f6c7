"""tcpcli04: the echo client that opens five connections and uses the first (UNP 5.10).

When it ends the kernel closes all five, and the five workers of a forking server end together:
their SIGCHLDs merge, which is what tcpserv03 does not survive without zombies.
"""

from target.str_cli import main, str_cli

if __name__ == "__main__":
    main("tcpcli04", __doc__, str_cli, connections=5)
