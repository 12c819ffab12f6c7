"""Where workloads meet a server: starts it, runs, judges, and replaces it in time.

A server is used again for as long as nothing was found. The moment anything was found, or is in
doubt, it is stopped and the next workload gets a fresh one on another port: damage done by one
workload is never blamed on the next.

A server that passes a workload and ends by itself a moment later is found by the next one. The end
is then held against the workload before, and from then on the laboratory lingers after each
workload, for long enough to see it again.
"""

from dataclasses import dataclass, replace
from signal import Signals

from faults.fault import Status
from properties import restart
from properties import server as servers
from properties.execute import Rules, execute, watch_listener
from properties.history import FIRST_EXCHANGE, History, Injected, ListenerEnded, Restarted
from properties.invariants import listener_survives
from properties.invariants.registry import INVARIANTS
from properties.server import Server
from properties.steps import Workload
from properties.stories import tell
from properties.verdict import Outcome, Verdict, judge
from target import ports
from target.command import REFERENCE, Command
from target.errors import TargetError
from target.ports import Reservation
from target.sockets import Endpoint

LONGEST_LINGER = 5.0
"""Seconds after a workload in which a server that is known to end late is watched, at most."""

DAMAGED = (
    "a server that had passed everything failed the plain exchange before the next workload; that "
    "workload was run again on a fresh one"
)

HEALTHY = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


@dataclass(frozen=True)
class Subject:
    """The server to be tested: a command that we start, or the address of one that runs.

    `port` is None where the command lets us choose it.
    """

    host: str
    command: Command | None = None
    port: int | None = None

    def __str__(self) -> str:
        if self.command == REFERENCE:
            return "the bundled reference server (target.tcpserv04)"
        return str(self.command) if self.command else str(Endpoint(self.host, self.port or 0))


@dataclass(frozen=True)
class Trial:
    """One workload with its history and its verdicts, by invariant."""

    workload: Workload
    history: History
    verdicts: dict[str, Verdict]

    @property
    def is_healthy(self) -> bool:
        """Whether nothing was found and nothing is in doubt."""
        return all(verdict.outcome in HEALTHY for verdict in self.verdicts.values())

    def what_fired(self) -> tuple[Status, str]:
        """Say whether the faults of the workload happened: one that did is enough."""
        injected = list(self.history.of(Injected))
        for status in (Status.FIRED, Status.MISSED, Status.IMPOSSIBLE):
            for event in injected:
                if event.status is status:
                    return status, event.detail
        return Status.FIRED, "no fault was asked for"


class Laboratory:
    """Runs trials on one subject, one after the other."""

    def __init__(self, subject: Subject, rules: Rules) -> None:
        self.subject = subject
        self.rules = rules
        self.notes: list[str] = []
        self.shrunk: set[str] = set()
        """The invariants whose violation has been shrunk: one smallest case of each is enough."""
        self._server: Server | None = None
        self._reservation: Reservation | None = None
        self._is_fresh = True
        self._before: Trial | None = None
        self._linger = 0.0

    def try_out(self, workload: Workload) -> Trial:
        """Run one workload on a healthy server and judge it.

        Raises TargetError when the server cannot be started.
        """
        trial = self._run(workload)
        if not self._is_fresh and _failed_before_it_began(trial.history):
            # Whatever this is, it is not this workload's doing.
            self._dismiss()
            trial = self._blame_the_one_before(trial) or self._run_in_doubt(workload)
        self._is_fresh = False
        self._before = trial
        if not trial.is_healthy:
            self._dismiss()
        return trial

    def _blame_the_one_before(self, trial: Trial) -> Trial | None:
        """Return the workload before with the end of its server, None where that did not end.

        SIGKILL comes from outside, from whoever is short of memory, and is nobody's defect.
        """
        ended = next(trial.history.of(ListenerEnded), None)
        before = self._before
        if before is None or ended is None or Signals.SIGKILL.name in ended.ending:
            return None
        late = before.history.now()
        self._linger = min(LONGEST_LINGER, 2 * (late - before.history.events[-1].at) + 1)
        before.history.add(replace(ended, at=late))
        return _judged(before.workload, before.history)

    def _run_in_doubt(self, workload: Workload) -> Trial:
        """Run a workload on a fresh server; what became of the server before is not forgotten."""
        self.notes.append(DAMAGED)
        trial = self._run(workload)
        verdicts = dict(trial.verdicts)
        if verdicts[listener_survives.INVARIANT.id].outcome is Outcome.PASS:
            verdicts[listener_survives.INVARIANT.id] = Verdict.inconclusive(DAMAGED)
        return replace(trial, verdicts=verdicts)

    def try_restart(self, workload: Workload) -> Trial:
        """Run one workload on a fresh server, then stop it and start it again.

        Where the workload has done damage, the restart is tried on another fresh server.
        """
        self._dismiss()
        trial = self.try_out(workload)
        server = self._server or self._start()
        if self._reservation is not None:
            event = restart.restart(server, self._reservation, self.rules)
            if isinstance(event, Restarted):
                trial.history.add(event)
        self._dismiss()
        return _judged(workload, trial.history)

    def close(self) -> None:
        """Stop the server. Twice is harmless."""
        self._dismiss()

    def _run(self, workload: Workload) -> Trial:
        server = self._server or self._start()
        try:
            history = execute(workload, server, self.rules)
            if self._linger:
                watch_listener(server, history, self._linger)
            return _judged(workload, history)
        except BaseException:
            self._dismiss()
            raise

    def _start(self) -> Server:
        self._is_fresh = True
        subject = self.subject
        if subject.command is None:
            self._server = Server(Endpoint(subject.host, subject.port or 0))
            return self._server
        self._reservation = ports.reserve(subject.host, subject.port)
        try:
            self._server = servers.start(
                subject.command, subject.host, self._reservation, self.rules.patience
            )
        except BaseException:
            self._reservation.release()
            raise
        return self._server

    def _dismiss(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None
        if self._reservation is not None:
            self._reservation.release()
            self._reservation = None


def _judged(workload: Workload, history: History) -> Trial:
    verdicts = {invariant.id: judge(invariant, history) for invariant in INVARIANTS}
    return Trial(workload, history, verdicts)


def _failed_before_it_began(history: History) -> bool:
    story = tell(history).get(FIRST_EXCHANGE)
    return story is None or not story.opened or story.mismatch is not None or bool(story.stalls)


def check_subject(subject: Subject, rules: Rules) -> None:
    """Start the subject once, or connect to its address, before anything is distributed.

    Raises TargetError, in words for the user, when there is nothing to test.
    """
    laboratory = Laboratory(subject, rules)
    try:
        trial = laboratory.try_out(())
    finally:
        laboratory.close()
    story = tell(trial.history).get(FIRST_EXCHANGE)
    if story is not None and story.failed is not None and subject.command is None:
        raise TargetError(
            f"nobody can be reached at {subject}: {story.failed.reason}; "
            "start the server first, or give its command instead"
        )
