"""A command that runs behind a gate, in the surroundings of its caller, until it ends."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from faults.gate import kernel
from faults.gate.calls import Kind
from faults.gate.gate import Gate
from properties.gated import lawful
from properties.gated.holding import Holder, holder_of, kinds_of, other_call_of
from properties.gated.rules import Fail, GateRule
from properties.gated.selection import GateHit, Selection
from properties.gated.socket_look import SocketLook
from properties.gated.surroundings import AS_OURS, Stream, Surroundings
from properties.running.errors import UsageError
from target.command import Command
from target.errors import GateError
from target.held import Ending, Held
from target.keeping import Kept
from target.processes import look_at

LOOK_INTERVAL = 0.002
"""Seconds between two looks whether a rule has been applied."""

STOPPED_BY = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT})
"""Signals that ask a program to end: nothing is held any longer then."""


class GatedProgram:
    """A command and all that it starts, behind a gate. Ends with `stop`, or with the `with` block.

    It is in a session of its own, without a controlling terminal. Raises UsageError for no command
    and no rule, TargetError where it cannot be executed, GateError where there can be no gate.
    """

    def __init__(
        self,
        command: Sequence[str | os.PathLike[str]],
        rules: Sequence[GateRule],
        surroundings: Surroundings = AS_OURS,
    ) -> None:
        if isinstance(command, str) or not command:
            raise UsageError("a command is a list of words, the program first")
        if not rules:
            raise UsageError("there is no rule: say what is to happen to which call")
        if reason := kernel.unavailable():
            raise GateError(f"there can be no gate here: {reason}")
        self.command = tuple(os.fspath(word) for word in command)
        self.rules = tuple(rules)
        self._gate = Gate(_kinds(rules), is_foreign=True)
        self._sockets = SocketLook()
        self._holders: list[Holder] = []
        self.selections: tuple[Selection, ...] = tuple(map(self._armed, rules))
        """What is known of each rule."""
        self._pidfd = -1
        self._ending: Ending | None = None
        try:
            kept = surroundings.start(self.command, self._gate.program)
        except GateError as error:
            raise GateError(
                f"there can be no gate here: {error} (no process can be behind two of them)"
            ) from None
        self._held = Held(Command(self.command), kept)
        self._begin(kept)

    def _armed(self, rule: GateRule) -> Selection:
        # Before the rule: the call that it waits for may be one of those that it holds.
        other = other_call_of(rule.action, self._gate)
        selection = Selection(rule, self._gate, self._sockets)
        if holder := holder_of(selection, self._gate):
            self._holders.append(holder)
            if other is not None:
                holder.watch(other)
        return selection

    def _begin(self, kept: Kept) -> None:
        try:
            assert kept.gate is not None
            self._gate.open(kept.gate)
            for holder in self._holders:
                holder.start()
            with contextlib.suppress(OSError):
                # It may have ended and been reaped already; a pid that was taken again is no child
                # of the keeper.
                self._pidfd = os.pidfd_open(kept.pid)
                process = look_at(kept.pid)
                if process is None or process.parent != kept.keeper_pid:
                    self._close_pidfd()
        except BaseException:
            self.stop()
            raise

    # What it is, and how it goes on.

    @property
    def pid(self) -> int:
        """The process id of the command."""
        return self._held.root.pid

    @property
    def happened(self) -> bool:
        """Whether each rule has been applied, to at least one call."""
        return all(selection.happened for selection in self.selections)

    @property
    def hits(self) -> tuple[GateHit, ...]:
        """The calls that rules were applied to, in the order in which they came."""
        for selection in self.selections:
            selection.collect()
        found = [hit for selection in self.selections for hit in selection.hits]
        return tuple(sorted(found, key=lambda hit: hit.at))

    @property
    def trouble(self) -> str:
        """Why the gate did not work to the end; empty where it did."""
        return self._gate.failure

    def poll(self) -> Ending | None:
        """Return how the command has ended, None while it runs."""
        if self._ending is None and self._root_has_ended():
            for holder in self._holders:
                holder.settle()
            self._ending = self._held.ending_of(self._held.root) or Ending(None, signal.SIGKILL)
        return self._ending

    def _root_has_ended(self) -> bool:
        if self._pidfd < 0:
            return True
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(0))

    def fileno(self) -> int:
        """Return a descriptor that is readable when the command has ended, -1 where it has."""
        return self._pidfd

    def wait(self, timeout: float | None = None) -> Ending:
        """Wait until the command has ended; return how. Raises TimeoutError after so many seconds.

        What it has started may still run.
        """
        if self._pidfd >= 0:
            poll = select.poll()
            poll.register(self._pidfd, select.POLLIN)
            if not poll.poll(None if timeout is None else timeout * 1000):
                raise TimeoutError(f"{self.command[0]} has not ended in {timeout:g} s")
        ending = self.poll()
        assert ending is not None
        return ending

    def wait_for_hit(self, timeout: float = 30.0) -> bool:
        """Wait until each rule has happened or the command has ended; return `happened`.

        Returns as well after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while not self.happened and self.poll() is None and time.monotonic() < deadline:
            time.sleep(LOOK_INTERVAL)
        return self.happened

    def send_signal(self, number: int, *, to_group: bool = False) -> None:
        """Send a signal to the command, or to its whole process group as a terminal does.

        What is held goes on where the signal asks the program to end.
        """
        if number in STOPPED_BY:
            for holder in self._holders:
                holder.give_up(f"{signal.Signals(number).name} was sent to the command")
        chosen = signal.Signals(number)
        if not to_group:
            self._held.signal(self._held.root, chosen)
            return
        for process in self._held.tree():
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(process.identity.pid) == self.pid:
                    self._held.signal(process.identity, chosen)

    def stop(self) -> None:
        """End the command and all that it has started, at once (SIGKILL). Idempotent."""
        self.poll()
        for selection in self.selections:
            # What is ended now has not ended by itself.
            selection.close()
        self._held.stop()
        for holder in self._holders:
            holder.close()
        self._gate.close()
        for selection in self.selections:
            selection.close()
        self._close_pidfd()

    def _close_pidfd(self) -> None:
        ended, self._pidfd = self._pidfd, -1
        if ended >= 0:
            os.close(ended)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def gated(
    command: Sequence[str | os.PathLike[str]],
    *rules: GateRule,
    env: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] | None = None,
    stdin: Stream = None,
    stdout: Stream = None,
    stderr: Stream = None,
) -> GatedProgram:
    """Start a command, whose calls fail, are cut short or are held as the rules say.

    Used as `with anechoic.gated(["./server"], anechoic.fail("accept", "ECONNABORTED")) as program`:
    the command and all that it has started end with the block. It has this process's environment,
    folder, network and standard streams, unless others are given: descriptors, or files that have
    one. Raises UsageError for no command and no rule, TargetError where it cannot be executed, and
    GateError, a TargetError, where the kernel or a container allows no gate.
    """
    return GatedProgram(command, rules, Surroundings(env, cwd, stdin, stdout, stderr))


def _kinds(rules: Sequence[GateRule]) -> frozenset[Kind]:
    kinds = {rule.named.kind for rule in rules}
    for rule in rules:
        kinds |= kinds_of(rule.action)
        if isinstance(rule.action, Fail) and rule.action.error == lawful.EINTR:
            # Which handlers interrupt a call is known where they were seen being set.
            kinds.add(Kind.HANDLE_SIGNAL)
    return frozenset(kinds)
