"""What the kernel counts of TCP in the network of a process (RFC 4022, `/proc/PID/net/snmp`)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attempts:
    """How many connections were begun by connect(2), and how many of those came to nothing."""

    made: int = 0
    failed: int = 0

    def since(self, before: "Attempts") -> "Attempts":
        """Return how many there were after another look."""
        return Attempts(self.made - before.made, self.failed - before.failed)


def attempts(pid: int | str = "self") -> Attempts:
    """Return the attempts so far in the network of this process. Raises OSError."""
    with open(f"/proc/{pid}/net/snmp", encoding="ascii") as file:
        names, values = (line.split() for line in file if line.startswith("Tcp:"))
    counted = dict(zip(names, values, strict=True))
    return Attempts(int(counted["ActiveOpens"]), int(counted["AttemptFails"]))
