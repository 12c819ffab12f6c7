"""Why what was seen of a server may prove nothing about it: causes that lie outside of it.

Limits of a user, and of a control group, count the tester and the target together: a fork that has
failed for them is no fault of the server. A keeper that was killed takes the server with it. And a
call that the gate could not handle may have done anything.
"""

from dataclasses import replace
from signal import Signals

from properties.model.events import KEEPER_LOST
from properties.model.history import History
from properties.model.trial import Trial
from properties.model.verdict import Outcome, Verdict
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.connection_records import connection_records
from properties.server.events import ListenerEnded
from properties.server.instance import ServerInstance
from properties.server.invariants import listener_survives, prompt_service
from target import limits

NOT_AGAIN = {
    True: "was violated once, and not when the same schedule was run on a fresh server",
    False: "was also violated on a server that had served other workloads before, and not when the "
    "same workload was run on a fresh one",
}
"""What is said of an invariant, after its name, by whether the order of its calls was given."""

DAMAGED = (
    "a server that had passed everything failed the control exchange before the next workload; "
    "that workload was run again on a fresh one"
)

NOT_KEPT = (
    "the process that held a server was ended from outside, and the server with it, between two "
    "workloads; a new one was started"
)

FEWER = (
    "But a new server of the same command serves the same workload at once: this one has lost "
    "places for good"
)

NO_CONNECTION = "no connection could be made, so that nothing was seen of how it serves"

LONGEST_LINGER = 5.0
"""Most seconds for which a server that is known to end late is watched after a workload."""

MANY = 4096
"""With so many processes and threads left at first, none is denied by a limit."""

FEW = 64
"""With so few left after a workload, one may have been denied while its clients were there."""


class Doubts:
    """Looks for such causes, workload by workload."""

    def __init__(self) -> None:
        left = limits.tasks_left()
        self._may_be_denied = left is not None and left[0] < MANY
        self._denied = limits.forks_denied()

    def begin(self) -> None:
        """Forget what was before: a workload begins."""
        if self._may_be_denied:
            self._denied = limits.forks_denied()

    def about(self, server: ServerInstance, *, is_healthy: bool) -> str:
        """Return why the workload since then proves nothing, in words; empty where it may.

        `is_healthy`: it has found nothing so far, so that nothing was denied that mattered.
        """
        if server.handle is not None and not server.handle.is_kept():
            return KEEPER_LOST
        if server.gate is not None and server.gate.failure:
            return server.gate.failure
        return self._shortage() if self._may_be_denied and not is_healthy else ""

    def _shortage(self) -> str:
        left = limits.tasks_left()
        if left is not None and left[0] < FEW:
            return f"the target may have been denied a process: {left[0]} are left, {left[1]}"
        if limits.forks_denied() > self._denied:
            return "a limit of the control group has let a fork fail (pids.events)"
        return ""


def ended_by_itself(history: History) -> ListenerEnded | None:
    """Return the end of the listener, None where it did not end, or was killed.

    SIGKILL comes from outside, as when memory is short, and is no defect of the server.
    """
    ended = next(history.of(ListenerEnded), None)
    return None if ended is None or ended.signal == Signals.SIGKILL else ended


def failed_before_it_began(history: History) -> bool:
    """Return whether the control exchange before the workload failed already."""
    record = connection_records(history).get(FIRST_EXCHANGE)
    return record is None or not record.opened or record.mismatch is not None or bool(record.stalls)


def with_lost_places(trial: Trial, again: Trial) -> Trial:
    """Return a trial in which a server met a limit as failed, where a fresh one did not meet it."""
    place = prompt_service.INVARIANT.id
    passes = again.verdicts[place].outcome is Outcome.PASS
    if not passes or not prompt_service.meets_a_limit(trial.history):
        return trial
    lost = Verdict.failed(f"{trial.verdicts[place].reason}. {FEWER}")
    return replace(trial, verdicts={**trial.verdicts, place: lost})


def in_doubt(trial: Trial) -> Trial:
    """Return a trial that does not say that the listener lives, for one before has ended."""
    name = listener_survives.INVARIANT.id
    if trial.verdicts[name].outcome is not Outcome.PASS:
        return trial
    return replace(trial, verdicts={**trial.verdicts, name: Verdict.inconclusive(DAMAGED)})
