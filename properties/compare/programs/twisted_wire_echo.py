"""Echo with the protocol that Twisted brings."""

import sys

from twisted.internet import endpoints, protocol, reactor
from twisted.protocols.wire import Echo


def main() -> None:
    # Twisted's own annotations stop at these three.
    endpoint = endpoints.TCP4ServerEndpoint(  # type: ignore[no-untyped-call]
        reactor, int(sys.argv[2]), interface=sys.argv[1]
    )
    endpoint.listen(protocol.Factory.forProtocol(Echo))  # type: ignore[no-untyped-call]
    reactor.run()  # type: ignore[misc]


if __name__ == "__main__":
    main()
