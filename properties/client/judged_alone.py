"""What is judged by one invariant alone, and what a failing standard output loses."""

from properties.client.events import Accepted, Alone, Delivered, Named, OutputFailed
from properties.model.history import History
from properties.model.verdict import Verdict

OUTPUT_FAILS = Verdict.not_applicable(
    "standard output fails in this workload: only what is made of that is judged", remarkable=False
)
NO_ADDRESS = Verdict.not_applicable(
    "it did not come to the server: only which addresses it tried is judged", remarkable=False
)

NO_SERVER = Verdict.not_applicable(
    "no server listened in its network: only whether it takes itself for one is judged",
    remarkable=False,
)


def judged_alone(history: History) -> Verdict | None:
    """Return why most invariants do not judge this workload; None where they do.

    A client whose output fails may end at once, with echoes and input left.
    """
    if any(history.of(OutputFailed)):
        return OUTPUT_FAILS
    if any(named.dead for named in history.of(Named)) and not any(history.of(Accepted)):
        return NO_ADDRESS
    return NO_SERVER if any(history.of(Alone)) else None


def lost_output(history: History) -> int:
    """Return how many bytes of echoes the client has read that it could not print."""
    failed = next(history.of(OutputFailed), None)
    if failed is None:
        return 0
    read = max((event.total for event in history.of(Delivered)), default=0)
    return max(0, read - failed.answered)
