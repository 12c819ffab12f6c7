"""What is tested: a server or a client, its command, or the address of a server that runs."""

import enum
import ipaddress
import socket
from dataclasses import dataclass

from properties.model.bounds import bounded
from target.command import REFERENCE, REFERENCE_CLIENT, Command
from target.errors import TargetError
from target.sockets import Endpoint, reachable
from target.surroundings import USUAL, Surroundings


class RoleName(enum.Enum):
    """Which side of the connection the target is; the values are those of the JSON output."""

    SERVER = "server"
    CLIENT = "client"


REFERENCES = {
    REFERENCE: "the bundled reference server (target.tcpserv04)",
    REFERENCE_CLIENT: "the bundled reference client (target.tcpcli)",
}


@dataclass(frozen=True)
class Target:
    """The target: a command that we start, or the address of a server that runs.

    `port` is None where the command lets us choose it.
    """

    host: str
    command: Command | None = None
    port: int | None = None
    role: RoleName = RoleName.SERVER

    @classmethod
    def server(
        cls, command: str | None = None, port: int | None = None, host: str = "127.0.0.1"
    ) -> "Target":
        """Return a server that we start: its command, with {port} and perhaps {host} to fill in.

        `command`: None for the bundled reference. `port`: where it listens, if it cannot be chosen.
        Raises TargetError.
        """
        words = Command.split(command) if command is not None else REFERENCE
        try:
            bounded("port", port)
        except ValueError as error:
            raise TargetError(f"--port {port}: {error}") from None
        if port is None and not words.names_a_port:
            raise TargetError(
                f"the command {words} has no {{port}}: put {{port}} where the port belongs, "
                "or name its fixed port with --port"
            )
        return cls(address_of(host), words, port)

    @classmethod
    def client(cls, command: str | None = None, host: str = "127.0.0.1") -> "Target":
        """Return a client that we start: its command, with {host} and {port} to fill in.

        `command`: None or "" for the bundled reference. Raises TargetError.
        """
        words = Command.split(command) if command else REFERENCE_CLIENT
        if not words.names_a_port:
            raise TargetError(
                f"the command {words} has no {{port}}: put {{host}} and {{port}} where the "
                "server's address and port belong"
            )
        return cls(address_of(host), words, role=RoleName.CLIENT)

    @classmethod
    def address(cls, address: str) -> "Target":
        """Return a server that runs already, by HOST:PORT or [HOST]:PORT. Raises TargetError."""
        host, colon, port = address.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        is_number = port.isascii() and port.isdecimal()
        if not colon or not host or not is_number or len(port) > 5 or not 0 < int(port) < 65536:
            raise TargetError(
                f"--address {address}: write HOST:PORT, such as 127.0.0.1:7 or [::1]:7"
            )
        return cls(reachable(address_of(host)), port=int(port))

    @property
    def words(self) -> tuple[str, ...] | None:
        """The words of its command, None for a server known by its address."""
        return None if self.command is None else self.command.words

    @property
    def surroundings(self) -> Surroundings:
        """What its command is started with."""
        return USUAL if self.command is None else self.command.surroundings

    def __str__(self) -> str:
        if self.command is None:
            return str(Endpoint(self.host, self.port or 0))
        return REFERENCES.get(self.command, str(self.command))


def address_of(host: str) -> str:
    """Return the numeric address of a host. Raises TargetError when it is not known."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        # What is no name at all is refused before anybody is asked, with UnicodeError.
        found = socket.getaddrinfo(host or " ", None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TargetError(f"the host {host!r} is not known: {error.strerror}") from None
    except UnicodeError:
        raise TargetError(f"the host {host!r} is not known: no host has such a name") from None
    return str(found[0][4][0])
