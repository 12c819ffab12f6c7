"""Where workloads meet a server: starts it, runs, judges, and replaces it in time.

A server is used again for as long as nothing was found. The moment anything was found, or is in
doubt, it is stopped and the next workload gets a fresh one on another port: damage done by one
workload is never blamed on the next.

A server that passes a workload and ends by itself a moment later is found by the next one. The end
is then held against the workload before, and from then on the laboratory lingers after each
workload, for long enough to see it again.
"""

from dataclasses import replace
from signal import Signals

from faults.gate.calls import Kind
from properties import server as servers
from properties.bench import Bench
from properties.events import ListenerEnded
from properties.execute import Rules, execute, watch_listener
from properties.history import FIRST_EXCHANGE, History
from properties.invariants import (
    listener_survives,
    no_fd_leak,
    no_stray_workers,
    prompt_service,
)
from properties.invariants.registry import INVARIANTS
from properties.sequels import MAKING
from properties.server import Server
from properties.steps import Workload, calls_held_for
from properties.stories import tell
from properties.subject import Subject
from properties.trial import Trial, judged
from properties.verdict import Outcome, Sequel, Verdict
from target import ports
from target.errors import TargetError
from target.ports import Reservation
from target.sockets import Endpoint

LONGEST_LINGER = 5.0
"""Seconds after a workload in which a server that is known to end late is watched, at most."""

DAMAGED = (
    "a server that had passed everything failed the plain exchange before the next workload; that "
    "workload was run again on a fresh one"
)

FEWER = (
    "But a new server of the same command serves the same workload at once: this one has lost "
    "places for good"
)

GROWING = frozenset({no_fd_leak.INVARIANT.id, no_stray_workers.INVARIANT.id})
"""The invariants that are violated by growth without end."""


class Laboratory(Bench):
    """Runs trials on one server."""

    invariants = INVARIANTS

    def __init__(self, subject: Subject, rules: Rules) -> None:
        super().__init__(subject, rules)
        self._server: Server | None = None
        self._reservation: Reservation | None = None
        self._kinds: frozenset[Kind] = frozenset()
        self._never_held: frozenset[Kind] = frozenset()
        self._is_fresh = True
        self._before: Trial | None = None
        self._linger = 0.0
        self._pool_ruled_out = False

    def try_out(self, workload: Workload) -> Trial:
        """Run one workload on a healthy server and judge it.

        Raises TargetError when the server cannot be started.
        """
        trial = self._run(workload)
        # A server that we did not start cannot be replaced by a fresh one.
        if not self._is_fresh and self.subject.command is not None and not trial.is_healthy:
            self._dismiss()
            if _failed_before_it_began(trial.history):
                # Whatever this is, it is not this workload's doing.
                trial = self._blame_the_one_before(trial) or self._run_in_doubt(workload)
            else:
                trial = self._run_on_a_fresh_one(trial)
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
        return judged(before.workload, before.history, INVARIANTS)

    def _run_on_a_fresh_one(self, trial: Trial) -> Trial:
        """Run an unhealthy trial again, where nothing that came before can be the cause.

        A server that meets a limit which a new one does not meet has lost places for good.
        """
        again = self._run(trial.workload)
        place = prompt_service.INVARIANT.id
        if trial.failed and trial.failed <= again.failed:
            return again
        if trial.failed:
            for name in sorted(trial.failed - again.failed):
                self._note(
                    f"{name} was also violated on a server that had served other workloads before, "
                    "and not when the same workload was run on a fresh one"
                )
        elif (
            prompt_service.meets_a_limit(trial.history)
            and again.verdicts[place].outcome is Outcome.PASS
        ):
            reason = f"{trial.verdicts[place].reason}. {FEWER}"
            lost = Verdict.failed(reason, prompt_service.EXPECTED)
            return replace(trial, verdicts={**trial.verdicts, place: lost})
        return trial

    def _note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)

    def _run_in_doubt(self, workload: Workload) -> Trial:
        """Run a workload on a fresh server; what became of the server before is not forgotten."""
        self._note(DAMAGED)
        trial = self._run(workload)
        verdicts = dict(trial.verdicts)
        if verdicts[listener_survives.INVARIANT.id].outcome is Outcome.PASS:
            verdicts[listener_survives.INVARIANT.id] = Verdict.inconclusive(DAMAGED)
        return replace(trial, verdicts=verdicts)

    def try_with(self, sequel: Sequel | None, workload: Workload) -> Trial:
        """Run one workload; with a sequel on a fresh server, which has served nobody else.

        Where the workload has done damage, the sequel is tried on another fresh server.
        """
        if sequel is None:
            return self.try_out(workload)
        self._dismiss()
        trial = self.try_out(workload)
        server = self._server or self._start()
        try:
            MAKING[sequel](server, self._reservation, self.rules, trial.history)
        finally:
            self._dismiss()
        return judged(workload, trial.history, INVARIANTS)

    def close(self) -> None:
        """Stop the server. Twice is harmless."""
        self._dismiss()

    def _run(self, workload: Workload) -> Trial:
        kinds = calls_held_for(workload) - self._never_held
        if kinds != self._kinds:
            # A server begins behind its gate or never comes to one.
            self._dismiss()
            self._kinds = kinds
        server = self._server or self._start()
        try:
            ruled_out = self._pool_ruled_out
            history = execute(workload, server, self.rules, pool_ruled_out=ruled_out)
            if server.gate and server.gate.handlers.come_unasked():
                # See properties.one_by_one: what was just seen may be the gate's own doing.
                self._never_held = frozenset(Kind)
                return self._run(workload)
            if self._linger:
                watch_listener(server, history, self._linger)
            trial = judged(workload, history, INVARIANTS)
            self._pool_ruled_out |= bool(trial.failed & GROWING)
            if server.gate and server.gate.failure:
                # A call that the gate could not treat proves nothing about the server.
                doubt = Verdict.inconclusive(server.gate.failure)
                return replace(trial, verdicts=dict.fromkeys(trial.verdicts, doubt))
            return trial
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
                subject.command, subject.host, self._reservation, self.rules.patience, self._kinds
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
