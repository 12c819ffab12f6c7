"""What is observed of a server after a workload, by what follows it."""

from dataclasses import dataclass

from properties.model.events import Conclusion, Event


@dataclass(frozen=True)
class Restarted(Event):
    """The server was stopped and started again on its port.

    `listened`: it did not fail to start, but to serve.
    """

    succeeded: bool
    detail: str
    inconclusive: bool = False
    listened: bool = False


@dataclass(frozen=True)
class MemoryRead(Event):
    """What the server's initial processes hold, at rest, after `connections` exchanges in all.

    `resident` bytes of memory are in use and `writable` bytes allocated; `conclusion` is how the
    wait for the rest ended.
    """

    connections: int
    resident: int
    writable: int
    descriptors: int
    threads: int
    conclusion: Conclusion = Conclusion.MET


@dataclass(frozen=True)
class Flooded(Event):
    """A client that never reads sent until the server took no more, or all was sent. In bytes.

    Of `offered`, the kernel took `sent`. Of these `queued` were still in the buffers of the
    connection, on both sides (None: the server's side cannot be seen), and `elsewhere` is what such
    buffers of other connections on this machine may hold, as behind a proxy. `grown` is by how much
    the memory of the server's processes grew (None: they cannot be seen).
    """

    offered: int
    sent: int
    queued: int | None
    elsewhere: int
    grown: int | None
    conclusion: Conclusion
    evidence: str = ""
