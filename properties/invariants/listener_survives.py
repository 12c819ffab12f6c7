"""listener_survives: the same process accepts and echoes after whatever has happened.

Observed as the listening process (by pid and start time) and as the plain exchange that ends every
workload. A server that refuses connections for a while and then listens again seems to have a limit
on their rate, which is no defect and no pass either.
"""

from properties.events import Conclusion, ListenerEnded, OpenFailed, Paused
from properties.history import LAST_EXCHANGE, SMALLEST_LIMIT, History
from properties.stories import Story, how_it_ended, starved, tell
from properties.verdict import NO_PROCESSES, Invariant, Verdict, Violation

EXPECTED = "the listening process is still there, accepts and echoes"


class ListenerSurvivesViolated(Violation):
    """The server no longer serves."""


def judge(history: History) -> Verdict:
    """Judge the listening process and the last exchange."""
    if (ended := next(history.of(ListenerEnded), None)) is not None:
        last_words = ended.output.strip().splitlines()[-1:]
        said = f", saying {last_words[0].strip()!r}" if last_words else ""
        return Verdict.failed(f"the listener {ended.pid} {ended.ending}{said}", EXPECTED)
    if (paused := next(history.of(Paused), None)) is not None:
        return Verdict.inconclusive(
            _seems_limited(paused.recovered_after, paused.recent_connections)
        )
    for failure in history.of(OpenFailed):
        if failure.recovered_after is not None:
            return Verdict.inconclusive(
                _seems_limited(failure.recovered_after, failure.recent_connections)
            )
        if reason := _excuse(failure):
            return Verdict.inconclusive(reason)
        return Verdict.failed(f"a connection failed: {failure.reason}", EXPECTED)
    return _judge_exchange(tell(history).get(LAST_EXCHANGE), history)


def _judge_exchange(story: Story | None, history: History) -> Verdict:
    if story is None or not story.opened:
        return Verdict.inconclusive("the plain exchange after the workload never ran")
    if (stall := story.lost_echo()) is not None:
        return Verdict.failed(
            f"a new client got {story.received} of {story.owed} bytes "
            f"({stall.conclusion.value}: {stall.evidence})",
            EXPECTED,
        )
    is_whole = story.received >= story.owed or story.mismatch is not None
    if story.ended is not None and not is_whole:
        return Verdict.failed(
            f"a new client saw {how_it_ended(story.ended)} after {story.received} of "
            f"{story.owed} bytes",
            EXPECTED,
        )
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    if not is_whole:
        return Verdict.inconclusive("the plain exchange after the workload was not whole")
    if not history.processes_seen:
        return Verdict.not_applicable(f"a new client was served, but {NO_PROCESSES}")
    return Verdict.passed()


def _excuse(failure: OpenFailed) -> str | None:
    """Say why a failed connection is not held against the server, None when it is."""
    if failure.is_local:
        return f"this machine did not let us connect: {failure.reason}"
    if failure.conclusion is Conclusion.STARVED:
        return f"a connection failed: {failure.reason}; {failure.conclusion.value}"
    if not failure.refused and failure.served >= SMALLEST_LIMIT:
        return (
            f"the server serves {failure.served} clients at once and took no further one into its "
            f"accept queue: it seems to have a limit; try --max-connections {failure.served}"
        )
    return None


def _seems_limited(seconds: float, connections: int) -> str:
    return (
        f"connections were refused for {seconds:.0f} s after {connections} within a second, though "
        f"the server lived: it seems to limit their rate; try --max-rate {max(1, connections // 2)}"
    )


INVARIANT = Invariant("listener_survives", "UNP 5.9", EXPECTED, judge, ListenerSurvivesViolated)
