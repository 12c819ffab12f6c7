"""tcpserv01: the echo server without a handler for SIGCHLD (UNP 5.2).

Its mistake: it does not wait for its workers. Each one stays a zombie after its client has gone,
until the server itself ends (UNP 5.7).
"""

from target.echo_server import main

if __name__ == "__main__":
    main("tcpserv01", __doc__, sig_chld=None)
