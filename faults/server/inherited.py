"""A server is started by a process that leaves it more, or less, than a shell does.

What is open, ignored, blocked and limited survives execve(2). A server that takes it for granted
that descriptors 0 to 2 are open gives their numbers to its sockets; one that waits for its children
finds none where SIGCHLD is ignored (wait(2)); one that counts on SIGPIPE lives on (signal(7)); and
what it prints may block it, or kill it.
"""

import resource
import signal
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from faults.fault import Fault, FaultOutcome
from faults.server_context import NO_PROCESS, ServerContext
from target.inherited import Inherited, OutputPipe

MANY = 1000
"""Descriptors: below FD_SETSIZE (select(2)), so that a few clients can be served."""

FEW = 256
"""Descriptors: the usual limit of older systems."""

SMALL_STACK = 512 << 10


class Inheritance(Enum):
    """What is unusual."""

    NO_INPUT = "descriptor 0 closed"
    NO_OUTPUT = "descriptor 1 closed"
    NO_ERROR = "descriptor 2 closed"
    NO_STREAMS = "descriptors 0, 1 and 2 closed"
    OUTPUT_FULL = "standard output a full pipe that is not read"
    OUTPUT_GONE = "standard output a pipe whose reader has gone"
    MANY_DESCRIPTORS = "1,000 more descriptors open"
    CHLD_IGNORED = "SIGCHLD ignored"
    CHLD_BLOCKED = "SIGCHLD blocked"
    PIPE_IGNORED = "SIGPIPE ignored"
    FEW_DESCRIPTORS = "at most 256 descriptors"
    SMALL_STACK = "a stack of at most 512 KiB"


INHERITED: dict[Inheritance, Inherited] = {
    Inheritance.NO_INPUT: Inherited(closed=(0,)),
    Inheritance.NO_OUTPUT: Inherited(closed=(1,)),
    Inheritance.NO_ERROR: Inherited(closed=(2,)),
    Inheritance.NO_STREAMS: Inherited(closed=(0, 1, 2)),
    Inheritance.OUTPUT_FULL: Inherited(output=OutputPipe.FULL),
    Inheritance.OUTPUT_GONE: Inherited(output=OutputPipe.GONE),
    Inheritance.MANY_DESCRIPTORS: Inherited(descriptors=MANY),
    Inheritance.CHLD_IGNORED: Inherited(ignored=(signal.SIGCHLD,)),
    Inheritance.CHLD_BLOCKED: Inherited(blocked=(signal.SIGCHLD,)),
    Inheritance.PIPE_IGNORED: Inherited(ignored=(signal.SIGPIPE,)),
    Inheritance.FEW_DESCRIPTORS: Inherited(limits=((resource.RLIMIT_NOFILE, FEW),)),
    Inheritance.SMALL_STACK: Inherited(limits=((resource.RLIMIT_STACK, SMALL_STACK),)),
}
"""What each of them is."""


@dataclass(frozen=True)
class StartedWith(Fault[ServerContext]):
    """The server of this workload was started so, before anything else."""

    name: ClassVar[str] = "inherited"
    section: ClassVar[str] = "execve(2)"
    summary: ClassVar[str] = "started with streams closed, signals ignored or blocked, low limits"

    what: Inheritance

    @property
    def starts_with(self) -> Inherited:
        """What the target is to inherit."""
        return INHERITED[self.what]

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Say whether it was started so."""
        if context.handle is None:
            return NO_PROCESS
        if context.why_started_as_usual:
            return FaultOutcome.impossible(f"it does not start so: {context.why_started_as_usual}")
        if context.inherited != self.starts_with:
            return FaultOutcome.missed("it was started otherwise: the first such step decides")
        return FaultOutcome.fired(f"started with {self.what.value}")

    def __str__(self) -> str:
        return f"the server is started with {self.what.value}"
