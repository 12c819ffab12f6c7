"""leaves_as_found: descriptors and terminal are afterwards as before, and no process is left.

A client shares the open file descriptions of its descriptors 0, 1 and 2 with the shell that has
started it, and with the programs that come after it (open(2), fcntl(2)): they meet EAGAIN where it
has left O_NONBLOCK behind (UNP 16.2 sets it), and a terminal without echo or without lines where it
has left its modes (tcsetattr(3)). Looked at when all of the client has ended, on duplicates that
were made before it was started, as a shell has them. A client that a signal has ended could not
restore anything, and is not judged.

A client of two processes, one of which copies the input (UNP 16.2), has to end both. One that is
left reads what is typed next, which is meant for the shell. Looked at while the input is open: the
end of the input would end it.
"""

from properties.client.events import DescriptorsLeft, ProcessesLeft
from properties.client.summary import summarize
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = (
    "O_NONBLOCK of descriptors 0 to 2 and a terminal's modes SHOULD be left as found, and no "
    "process SHOULD be left"
)


def judge(history: History) -> Verdict:
    """Judge what was found when the client had ended."""
    run = summarize(history)
    seen = [one.processes for one in history.of(ProcessesLeft)]
    seen += [one.changed for one in history.of(DescriptorsLeft)]
    if not seen or not run.ended_by_itself or run.was_killed:
        return Verdict.not_tried()
    if left := next(filter(None, seen), ""):
        return Verdict.failed(f"left behind: {left}; {run.in_words}")
    return Verdict.passed()


INVARIANT = Invariant("leaves_as_found", "UNP 16.2", REQUIREMENT, judge)
