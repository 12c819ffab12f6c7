"""Runs workloads on a server: starts it, judges each workload, and replaces the server in time.

A server is used again for as long as nothing was found. When anything was found, or is in doubt, it
is stopped and the next workload gets a fresh one on another port: damage done by one workload is
never attributed to the next.

When a server passes a workload and ends by itself a moment later, the next workload finds that. The
end is then attributed to the workload before, and from then on the harness waits after each
workload, for long enough to see it again.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeVar

from faults.gate.calls import Kind
from properties.engine.stillness import WitnessNeeded
from properties.model import steps
from properties.model.events import Doubted
from properties.model.harness import Harness
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Workload, decides_order, ends_target
from properties.model.target_spec import Target
from properties.model.trial import Trial, judged
from properties.model.verdict import FollowUp, Invariant
from properties.server import instance as servers
from properties.server.clients.admission import cannot_be_held
from properties.server.clients.reach import reach
from properties.server.clients.served import await_ready
from properties.server.doubts import (
    DAMAGED,
    LONGEST_LINGER,
    NO_CONNECTION,
    NOT_AGAIN,
    NOT_KEPT,
    Doubts,
    ended_by_itself,
    failed_before_it_began,
    in_doubt,
    with_lost_places,
)
from properties.server.events import Opened
from properties.server.execute import execute, watch_listener
from properties.server.follow_ups.registry import FOLLOW_UPS
from properties.server.generation import sharpening
from properties.server.instance import NO_NEEDS, Needs, ServerInstance, needs_of, start_with
from properties.server.invariants import no_fd_leak, no_stray_workers
from properties.server.invariants.registry import INVARIANTS
from properties.server.limits.adding_up import Trail, Workloads, shown_as_one
from properties.server.limits.fresh_servers import FreshServers
from properties.server.limits.other_causes import OtherCauses
from properties.server.rehearsal.signals import candidates, harmless_after, rehearse
from properties.server.schedules.offered import in_schedules
from properties.server.steps import asking
from target import ports
from target.pace import Haste
from target.ports import Reservation
from target.sockets import Endpoint

Seen = TypeVar("Seen")

GROWING = frozenset({no_fd_leak.INVARIANT.id, no_stray_workers.INVARIANT.id})
"""The invariants that are violated by growth without end."""


class ServerHarness(Harness):
    """Runs trials on one server."""

    def __init__(
        self, target: Target, rules: Rules, invariants: tuple[Invariant, ...] = INVARIANTS
    ) -> None:
        super().__init__(target, rules, invariants)
        self._server: ServerInstance | None = None
        self._reservation: Reservation | None = None
        self._needs = NO_NEEDS
        self._why_not_held = ""
        self._witness = False
        self._is_fresh = True
        self._before: Trial | None = None
        self._trail = Trail()
        self._linger = 0.0
        self._doubts = Doubts()
        self._pool_ruled_out = False
        self._other_causes = OtherCauses(rules, invariants)
        self._fresh_servers = FreshServers()

    def run_trial(self, workload: Workload, follow_up: FollowUp | None = None) -> Trial:
        """Run one workload on a healthy server and judge it.

        A follow-up needs a server that has served no other workload, and after damage another one.
        Raises TargetError when the server cannot be started.
        """
        self.pace.begin_trial()
        try:
            return self._run_trial(workload, follow_up)
        except WitnessNeeded:
            # It catches SIGALRM: started anew, whether it ever sets a timer can be seen.
            self._witness = True
            self._stop_server()
            return self._run_trial(workload, follow_up)

    def _run_trial(self, workload: Workload, follow_up: FollowUp | None) -> Trial:
        if follow_up is not None:
            return self._run_with(follow_up, workload)
        trial = self._run(workload)
        # A server that we did not start cannot be replaced by a fresh one.
        again = not self._is_fresh or decides_order(workload)
        if again and self.target.command is not None and not trial.is_healthy:
            ran = self._trail.last
            self._stop_server()
            if any(trial.history.of(Doubted)):
                return trial
            if failed_before_it_began(trial.history):
                # Whatever the cause is, it is not this workload.
                blamed = self._blame_the_previous(trial) or self._as_one(ran, trial.violated)
                if blamed is None:
                    self.note(DAMAGED)
                trial = blamed or in_doubt(self._run_afresh(workload))
            else:
                trial = self._run_on_a_fresh_one(trial, ran)
        self._is_fresh = False
        self._before = trial
        if not trial.is_healthy or steps.may_damage(workload):
            self._stop_server()
        return trial

    def _apart(self, look: Callable[[ServerInstance], Seen]) -> Seen:
        """Look at a fresh server beside the workloads; the next of them has another one."""
        was_fresh = self._is_fresh
        self._stop_server()
        self._needs = NO_NEEDS
        try:
            return look(self._start())
        finally:
            self._stop_server()
            self._is_fresh = was_fresh

    def _blame_the_previous(self, trial: Trial) -> Trial | None:
        """Return the previous trial with the end of its server, None where that did not end."""
        before, ended = self._before, ended_by_itself(trial.history)
        if before is None or ended is None:
            return None
        late = before.history.now()
        self._linger = min(LONGEST_LINGER, 2 * (late - before.history.events[-1].at) + 1)
        before.history.add(replace(ended, at=late))
        return judged(before.workload, before.history, self.invariants)

    def _run_afresh(self, workload: Workload) -> Trial:
        self._stop_server()
        return self._run(workload)

    def _as_one(self, ran: Workloads, violated: frozenset[str]) -> Trial | None:
        """Run all that a server has done on fresh ones, where that shows the same violations."""
        searches = self.pace.haste is Haste.NONE
        trial = shown_as_one(ran, violated, self._run_afresh) if searches else None
        self.adds_up |= trial is not None and trial.workload != ran[-1]
        return trial

    def _run_on_a_fresh_one(self, trial: Trial, ran: Workloads) -> Trial:
        """Run an unhealthy trial again, where no workload before it can be the cause.

        A server that meets a limit which a new one does not meet has lost places for good.
        """
        again = self._run(trial.workload)
        if not trial.violated:
            return with_lost_places(trial, again)
        if not (gone := trial.violated - again.violated):
            return again
        in_order = decides_order(trial.workload)
        if not in_order and (found := self._as_one(ran, gone)) is not None:
            return found
        for name in sorted(gone):
            self.note(f"{name} {NOT_AGAIN[in_order]}")
        return again if in_order else trial

    def _run_with(self, follow_up: FollowUp, workload: Workload) -> Trial:
        self._stop_server()
        trial = self._run_trial(workload, None)
        server = self._server or self._start()
        try:
            FOLLOW_UPS[follow_up](server, self.rules, trial.history)
            return self._judged(workload, trial.history, server)
        finally:
            self._stop_server()

    def refresh(self) -> None:
        """Let the next trial have a fresh server, if we can start one."""
        if self.target.command is not None:
            self._stop_server()

    @property
    def connect(self) -> Callable[[int], Workload]:
        """What makes the steps with which a client connects, and waits for an echo."""
        return asking

    def sharpened(self, workload: Workload) -> Iterator[Workload]:
        """Return workloads that may show each time what this one shows now and then."""
        yield from sharpening.sharpened(workload)
        yield from in_schedules(workload, lambda: self._before)

    def close(self) -> None:
        """Stop the server. Idempotent."""
        self._stop_server()

    def _run(self, workload: Workload) -> Trial:
        needs = needs_of(workload, held=not self._why_not_held, network=self.rules.network)
        if needs != self._needs or (ends_target(workload) and not self._is_fresh):
            # A gate can be set up only when a server starts.
            self._stop_server()
            self._needs = needs
        if self._server and self._server.handle and not self._server.handle.is_kept():
            self.note(NOT_KEPT)
            self._stop_server()
        server = self._knowing_signals(self._server or self._start(), workload)
        self._doubts.begin()
        self._trail.add(workload)
        try:
            history = execute(workload, server, self.rules, pool_ruled_out=self._pool_ruled_out)
            if server.gate and not self._why_not_held and (why := cannot_be_held(server)):
                # What was seen may be caused by the gate: see properties.server.clients.admission.
                self._why_not_held = why
                return self._run(workload)
            if self._is_fresh and (first := server.baseline) is not None:
                self._fresh_servers.take(history, self.learnt, spins=first.spins)
            if self._linger:
                watch_listener(server, history, self._linger)
            judged_first = self._judged(workload, history, server)
            trial = self._other_causes.judged(judged_first, self._apart)
            self._pool_ruled_out |= bool(trial.violated & GROWING)
            return trial
        except BaseException:
            self._stop_server()
            raise

    def _knowing_signals(self, server: ServerInstance, workload: Workload) -> ServerInstance:
        """Return a server of which is known what signals do to it, if that matters."""
        learnt, choice = self.learnt, self.rules.signals
        if learnt.rehearsed is None and steps.uses_signals(workload):
            found, kinds = candidates(server, choice), self._needs.kinds
            learnt.rehearsed = rehearse(found, self._fresh, self.rules)
            if found:
                server = self._fresh(kinds)
            for remark in learnt.rehearsed.remarks:
                self.note(remark)
        server.harmless = harmless_after(learnt.rehearsed, choice)
        return server

    def _fresh(self, kinds: frozenset[Kind]) -> ServerInstance:
        """Start a fresh server whose calls of these kinds stop at a gate."""
        self._stop_server()
        self._needs = Needs(kinds)
        return self._start()

    def _judged(self, workload: Workload, history: History, server: ServerInstance) -> Trial:
        trial = judged(workload, history, self.invariants)
        if not any(history.of(Opened)):
            trial = trial.without_passes(NO_CONNECTION)
        if not (why := self._doubts.about(server, is_healthy=trial.is_healthy)):
            return trial
        history.add(Doubted(history.now(), why))
        return judged(workload, history, self.invariants)

    def _start(self) -> ServerInstance:
        self._is_fresh = True
        target = self.target
        if target.command is None:
            self._server = ServerInstance(Endpoint(target.host, target.port or 0))
            return self._server
        self._reservation = ports.reserve(target.host, target.port)
        try:
            start = partial(
                servers.start,
                host=target.host,
                reservation=self._reservation,
                patience=self.rules.patience,
                kinds=self._needs.kinds,
                pace=self.pace,
                witness=self._witness,
                why_not_held=self._why_not_held or servers.NOT_NEEDED,
            )
            inherited, known = self._needs.inherited, self.learnt.starts
            self._server = start_with(inherited, target.command, start, known)
            self.note(await_ready(self._server, self.rules))
            self.note(reach(self._server, self.rules, over_wire=self._needs.wire))
        except BaseException:
            self._reservation.release()
            raise
        return self._server

    def _stop_server(self) -> None:
        self._trail.begin()
        if self._server is not None:
            self._server.stop()
            self._server = None
        if self._reservation is not None:
            self._reservation.release()
            self._reservation = None
