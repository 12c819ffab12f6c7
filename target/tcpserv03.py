"""tcpserv03: the echo server that waits for one child per signal (UNP 5.9, end).

Its mistake: signals are not queued. When several workers end together their SIGCHLDs merge into
one, the handler waits once, and the other workers stay zombies (UNP 5.10).
"""

from target.echo_server import main
from target.tcpserv02 import sig_chld

if __name__ == "__main__":
    main("tcpserv03", __doc__, sig_chld=sig_chld)
