"""Standard output cannot be written: the disk is full, or the reader of the pipe has gone.

write(2) fails with ENOSPC, as on /dev/full (full(4)), or with EPIPE and SIGPIPE. What was lost is
known to nobody but the client.
"""

from dataclasses import dataclass
from typing import ClassVar

from faults.client_context import NOT_CONNECTED, NOT_STARTED, ClientContext, OutputFailure
from faults.fault import Fault, FaultOutcome
from faults.payloads import A_LINE
from target.client_handle import has_full_device


@dataclass(frozen=True)
class FailOutput(Fault[ClientContext]):
    """Make standard output fail, and have a line echoed then."""

    name: ClassVar[str] = "output_fails"
    section: ClassVar[str] = "write(2)"
    summary: ClassVar[str] = "echoes cannot be printed: the disk is full, or the reader has gone"
    brings_clients: ClassVar[bool] = True

    failure: OutputFailure

    def apply(self, context: ClientContext) -> FaultOutcome:
        """Make it fail, type a line, and see whether the client has read the echo."""
        if self.failure is OutputFailure.FULL:
            if context.handle is not None:
                return NOT_STARTED
            if not has_full_device():
                return FaultOutcome.impossible("there is no /dev/full here")
            context.fail_output(self.failure)
        if not context.meet() or not context.is_open():
            return NOT_CONNECTED
        context.rest()
        if self.failure is OutputFailure.READER_GONE:
            context.fail_output(self.failure)
        context.type(A_LINE)
        context.answer()
        context.rest()
        if not context.lost_output():
            return FaultOutcome.missed("the client has read no echo since then")
        return FaultOutcome.fired(f"an echo came: {self.failure.value}")

    def __str__(self) -> str:
        return f"a line is typed and echoed; {self.failure.value}"
