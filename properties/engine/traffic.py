"""How many connections this process has made with targets, and how many bytes went over them.

Counted where the kernel takes or gives them, so that what checks and follow-ups do is in it too.
"""

from dataclasses import dataclass


@dataclass
class Traffic:
    """Connections that were established, and bytes in both directions."""

    connections: int = 0
    bytes: int = 0

    def since(self, before: "Traffic") -> "Traffic":
        """Return what came since an earlier count."""
        return Traffic(self.connections - before.connections, self.bytes - before.bytes)

    def copy(self) -> "Traffic":
        """Return the count as it is now."""
        return Traffic(self.connections, self.bytes)


COUNTED = Traffic()
"""All that this process has made."""
