"""What is tested: a server or a client, its command, or the address of a server that runs."""

import enum
from dataclasses import dataclass

from target.command import REFERENCE, REFERENCE_CLIENT, Command
from target.sockets import Endpoint


class RoleName(enum.Enum):
    """Which side of the connection the target is; the values are those of the JSON output."""

    SERVER = "server"
    CLIENT = "client"


REFERENCES = {
    REFERENCE: "the bundled reference server (target.tcpserv04)",
    REFERENCE_CLIENT: "the bundled reference client (target.tcpcli)",
}


@dataclass(frozen=True)
class Subject:
    """The target: a command that we start, or the address of a server that runs.

    `port` is None where the command lets us choose it.
    """

    host: str
    command: Command | None = None
    port: int | None = None
    role: RoleName = RoleName.SERVER

    def __str__(self) -> str:
        if self.command is None:
            return str(Endpoint(self.host, self.port or 0))
        return REFERENCES.get(self.command, str(self.command))
