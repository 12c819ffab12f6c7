"""Running the parts of a plan in processes of our own, forked from this one.

The controlling process hands out one part at a time, so that a process which is ready first gets
the next one, and passes on what the others have learnt meanwhile. Forking costs milliseconds; each
of pytest-xdist's workers imports everything anew first, which takes longer than many a run.
"""

import contextlib
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any

from properties.model.learnt import Learnt
from properties.running.exit_status import ExitStatus
from properties.running.extent import Extent
from properties.running.listener import RunListener, announce
from properties.running.process_lifetime import INTERRUPTION, blocked
from properties.running.processes.idleness import Idleness
from properties.running.progress.parts import PartProgress
from properties.running.rehearsal import UNTRIED, grow, is_rehearsal
from properties.running.run import Run
from properties.running.runner import SHRINKING
from properties.running.worker import Done, Failed, Found, Task, work
from properties.search import drawing
from properties.search.claims import SharedClaims
from properties.search.findings import Findings, findings_from_data

END_PATIENCE = 10.0
"""Seconds for a worker to stop its target. One that takes longer is killed; the target's keeper
stops the target then."""

FAIL_FAST = 1.0
"""Seconds from the first violation to the end of a run that ends at it, for shrinking."""

_FORK = multiprocessing.get_context("fork")


@dataclass
class _Worker:
    """One worker. `place` is the part that it runs, None for none; `found` is known of it so far.

    `name` is empty where there is only one worker. It was forked when the plan had so many `parts`,
    and knows no others.
    """

    name: str
    process: ForkProcess
    connection: Connection
    parts: int
    place: int | None = None
    found: Findings | None = None

    def reap(self, until: float) -> None:
        """Wait for its end; kill it when that has not come at this time."""
        self.process.join(max(0.0, until - time.monotonic()))
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        with self.connection, contextlib.suppress(EOFError, OSError):
            # What it had sent before it ended.
            while self.connection.poll():
                message = self.connection.recv()
                if isinstance(message, Found | Done):
                    self.found = findings_from_data(message.data)


@dataclass
class Pool:
    """Runs the parts of a run in processes, as far as `extent` says.

    `listeners` follow the run. `fail_fast`: end soon after the first violation, with what is known
    of it then. `shrinking`: seconds that all searches for smallest cases may take.
    """

    run: Run
    listeners: Sequence[RunListener]
    extent: Extent
    fail_fast: bool = False
    shrinking: float = SHRINKING
    _workers: list[_Worker] = field(default_factory=list)
    _retired: list[_Worker] = field(default_factory=list)
    _places: deque[int] = field(default_factory=deque)
    _idleness: Idleness = field(default_factory=Idleness)
    _learnt: Learnt = field(default_factory=Learnt)
    _claims: SharedClaims = field(default_factory=SharedClaims)

    def go(self) -> None:
        """Run all parts. When this returns or raises, all workers have ended.

        What they have found is in the run, also of the parts that did not come to their end. Raises
        KeyboardInterrupt where the run was interrupted; nothing is interrupted but the waiting.
        """
        self._places = deque(range(len(self.run.parts)))
        if self.extent.seconds is not None:
            self.run.deadline = time.monotonic() + self.extent.seconds
        with INTERRUPTION.put_off():
            try:
                for _ in range(min(self.extent.at_first, len(self.run.parts))):
                    self._start(self._next_name())
                while self._goes_on():
                    self._listen()
                    if self._may_grow_to(self.extent.most_workers) and self._idleness.has_room():
                        self._start_another(self._next_name())
            finally:
                self._end()

    def _start_another(self, name: str) -> None:
        drawing.load()
        self._start(name)

    def _next_name(self) -> str:
        return f"w{len(self._workers)}" if self.extent.workers > 1 else ""

    def _may_grow_to(self, count: int) -> bool:
        return bool(self._places) and len(self._workers) < count

    def _goes_on(self) -> bool:
        if self._left() == 0.0:
            return False
        if self.fail_fast and self.run.status is ExitStatus.VIOLATION:
            return False
        return any(one.place is not None for one in self._workers)

    def _left(self) -> float | None:
        """Return the seconds until the deadline, None where there is none."""
        deadline = self.run.deadline
        return None if deadline is None else max(0.0, deadline - time.monotonic())

    def _longest_wait(self) -> float | None:
        """Return for how many seconds to listen at most, None for as long as it takes."""
        may_grow = self._may_grow_to(self.extent.most_workers)
        times = [self._left(), self._idleness.until_next_look() if may_grow else None]
        return min((one for one in times if one is not None), default=None)

    def _listen(self) -> None:
        """Process what the workers have sent."""
        busy = {one.connection: one for one in self._workers if one.place is not None}
        with INTERRUPTION.let_in():
            sent = wait(list(busy), self._longest_wait())
        for ready in sent:
            worker = busy[ready]  # type: ignore[index]
            try:
                message = worker.connection.recv()
            except (EOFError, OSError):
                self._replace(worker)
            else:
                self._process(worker, message)

    def _process(self, worker: _Worker, message: PartProgress | Found | Done | Failed) -> None:
        match message:
            case PartProgress():
                for listener in self.listeners:
                    listener.progressed(message)
                if message.workloads and not message.violated:
                    # More targets that spin than there are cores would take each other's time.
                    while self._may_grow_to(self.extent.workers):
                        self._start_another(self._next_name())
            case Found(data):
                worker.found = findings_from_data(data)
                if announce(self.run, worker.found, self.listeners) and self.fail_fast:
                    self._end_soon()
            case Done(data, learnt, rehearsed):
                if rehearsed is not None:
                    self._grow(rehearsed)
                self._learnt.merge(learnt)
                self._learnt.shrinking += learnt.shrinking
                self._over(worker, findings_from_data(data))
                self._give_work_to_the_idle()
            case Failed(words, of_the_target):
                self._failed(worker, words, of_the_target=of_the_target)
                self._give_work(worker)

    def _grow(self, rehearsed: Any) -> None:
        """Add what was learnt to the plan: in turn one of the new parts, and two that were left.

        They are many, and all about the order of calls: no other family is to wait for them.
        """
        before, left = len(self.run.parts), tuple(self._places)
        added = grow(self.run, rehearsed)
        turns = zip_longest(range(before, before + len(added)), left[::2], left[1::2])
        self._places = deque(place for three in turns for place in three if place is not None)
        for listener in self.listeners:
            listener.grown(self.run)

    def _end_soon(self) -> None:
        soon = time.monotonic() + FAIL_FAST
        self.run.deadline = min(soon, self.run.deadline or soon)

    def _over(self, worker: _Worker, findings: Findings) -> None:
        assert worker.place is not None
        part, worker.place, worker.found = self.run.parts[worker.place], None, None
        self.run.add(findings)
        self.run.keep_cases()
        for listener in self.listeners:
            listener.part_done(part, findings)

    def _failed(self, worker: _Worker, words: str, *, of_the_target: bool) -> None:
        assert worker.place is not None
        self._keep_what_was_found(worker)
        part, worker.place = self.run.parts[worker.place], None
        self.run.add_error(part.id, words, of_the_target=of_the_target)
        for listener in self.listeners:
            listener.part_done(part, None)

    # The processes.

    def _start(self, name: str) -> None:
        ours, theirs = _FORK.Pipe()
        run = self.run
        arguments = (os.getpid(), theirs, run.settings, run.parts, name, self._claims)
        process = _FORK.Process(target=work, args=arguments, daemon=True)
        with blocked():
            # Until it handles signals by itself, none may reach it.
            process.start()
        theirs.close()
        worker = _Worker(name, process, ours, len(run.parts))
        self._workers.append(worker)
        self._give_work(worker)

    def _give_work(self, worker: _Worker) -> None:
        if not self._places:
            return
        if self._places[0] >= worker.parts:
            self._retire(worker)
            self._start_another(worker.name)
            return
        worker.place = place = self._places.popleft()
        left = FAIL_FAST if self.fail_fast else max(0.0, self.shrinking - self._learnt.shrinking)
        with contextlib.suppress(OSError):
            # One that is gone shows it when its answer is read.
            worker.connection.send(Task(place, self._learnt, left))

    def _give_work_to_the_idle(self) -> None:
        for worker in [one for one in self._workers if one.place is None]:
            self._give_work(worker)

    def _retire(self, worker: _Worker) -> None:
        """Let a worker end that knows too little of the plan."""
        with contextlib.suppress(OSError):
            worker.connection.send(None)
        self._workers.remove(worker)
        self._retired.append(worker)

    def _replace(self, worker: _Worker) -> None:
        """Report that a worker has died, and go on with another one."""
        worker.reap(time.monotonic() + END_PATIENCE)
        self._workers.remove(worker)
        self._failed(worker, f"its process ended: {_ending(worker.process)}", of_the_target=False)
        self._start(worker.name)

    def _end(self) -> None:
        """End all workers; keep what those have found that did not come to an end."""
        for worker in self._workers:
            if worker.place is None:
                with contextlib.suppress(OSError):
                    worker.connection.send(None)
            else:
                worker.process.terminate()
        until = time.monotonic() + END_PATIENCE
        for worker in (*self._workers, *self._retired):
            worker.reap(until)
            self._keep_what_was_found(worker)
        self._claims.close()
        self.run.settle()
        self.run.keep_cases()
        self.run.remove_refuted_cases()
        self._say_what_was_not_tried()

    def _say_what_was_not_tried(self) -> None:
        places = (*self._places, *(one.place for one in self._workers if one.place is not None))
        is_unrehearsed = any(is_rehearsal(self.run.parts[place]) for place in places)
        if is_unrehearsed and self.extent.seconds is None:
            self.run.left_out.append(UNTRIED)
        planned = {part.family.name for part in self.run.parts}
        missing = [
            name
            for name, found in self.run.findings.items()
            if name in planned and not found.workloads
        ]
        if self.extent.seconds is not None and missing:
            words = ", ".join(missing)
            self.run.left_out.append(f"the time was over before these were tried: {words}")

    def _keep_what_was_found(self, worker: _Worker) -> None:
        if worker.place is not None and worker.found is not None:
            self.run.add(worker.found, complete=False)
            worker.found = None


def _ending(process: ForkProcess) -> str:
    code = process.exitcode or 0
    return f"killed by signal {-code}" if code < 0 else f"exited with status {code}"
