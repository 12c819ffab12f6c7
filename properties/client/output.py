"""Standard output that fails: what is lost by it, and that nothing else is judged then."""

from properties.client.events import Delivered, OutputFailed
from properties.model.history import History
from properties.model.verdict import Verdict

NOT_JUDGED = Verdict.not_applicable(
    "standard output fails in this workload: only what is made of that is judged", remarkable=False
)


def output_fails(history: History) -> bool:
    """Return whether standard output fails in this workload.

    A client may end at once then, with echoes and input left: no other invariant judges it.
    """
    return any(history.of(OutputFailed))


def lost_output(history: History) -> int:
    """Return how many bytes of echoes the client has read that it could not print."""
    failed = next(history.of(OutputFailed), None)
    if failed is None:
        return 0
    read = max((event.total for event in history.of(Delivered)), default=0)
    return max(0, read - failed.answered)
