"""The interpreter: one workload on its way, step by step, with everything that is seen recorded.

The only place with sockets, clocks and waiting. In what order its parts are run is said in
`properties.execute`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from faults.fault import Outcome, Reading
from faults.payloads import Content, Payload
from properties import census, silence
from properties.client import Client
from properties.connections import Connector
from properties.events import Census, Conclusion, Injected, ListenerEnded, Stalled, StepBegan
from properties.history import History
from properties.oracle import Echo, Oracle
from properties.pump import Pump
from properties.scene import ClientsScene
from properties.server import Limits, Server
from properties.steps import (
    Close,
    HalfClose,
    Inject,
    Open,
    Receive,
    Reset,
    Send,
    Silence,
    Step,
    Workload,
)
from properties.telling import Reports
from properties.watch import Watch

A_LINE = Payload(Content.LINES, 24)


@dataclass(frozen=True)
class Rules:
    """How to execute: the limits of the server, the patience in seconds, the service's oracle.

    `reports` are what a client says when its connection has ended.
    """

    limits: Limits = field(default_factory=Limits)
    patience: float = 10.0
    oracle: Oracle = field(default_factory=Echo)
    reports: Reports = field(default_factory=Reports)


class Execution:
    """One workload on its way through the interpreter."""

    def __init__(self, server: Server, rules: Rules, history: History) -> None:
        self._server = server
        self._rules = rules
        self._history = history
        self._watch = Watch(server, history)
        self._pump = Pump(server.handle, rules.patience, self._watch.notice)
        self._connector = Connector(server, rules.limits, rules.oracle, self._pump, history)
        self._scene = ClientsScene(server, self._pump, self._connector, self._watch, history)
        self._listener_ended = False

    # The four parts.

    def watch(self) -> None:
        """From now on record which processes come, whom they serve, and how they end."""
        self._watch.begin()

    def exchange(self, number: int) -> None:
        """Run a plain exchange: connect, one line and back, half-close, EOF, close."""
        if not self._scene.open(number, Reading.EAGER):
            self._note_listener()
            return
        self._scene.send(number, A_LINE)
        self._await_echo((number,))
        self._scene.half_close(number)
        self._await_end((number,))
        self._close_finally((number,))
        self._note_listener()

    def steps(self, workload: Workload) -> None:
        """Make the steps happen, one after the other."""
        for index, step in enumerate(workload):
            self._history.add(StepBegan(self._history.now(), index, str(step)))
            self._make(step)
            self._pump.turn(0)
            self._note_listener()
            if any(stall.conclusion.took_the_patience for stall in self._history.of(Stalled)):
                # Each further step could take as long again, and enough has been seen.
                return

    def finish(self) -> None:
        """Bring every connection to its end in good order."""
        for client in self._clients():
            self._scene.set_reading(client, Reading.EAGER)
        waiting = self._await_echo(self._clients())
        self._watch.find_who_serves(self._live())
        if not waiting:
            self._see_it_idle()
        served = tuple(c for c in self._clients() if c not in waiting)
        self._end_in_order(served[1:], beside=served[:1])
        if waiting:
            # The others have gone. Whoever is served now was only kept waiting.
            self._await_echo(waiting)
            self._end_in_order(tuple(c for c in self._clients() if c in waiting))
        if any(client.was_turned_away for client in self._pump.clients.values()):
            self._connector.await_listening()
        self._note_listener()

    def _see_it_idle(self) -> bool:
        """Record how the target is while nothing is to be done; return whether it rests."""
        handle, baseline = self._server.handle, self._server.baseline
        if handle is None or baseline is None or not self._clients():
            return False
        return census.take_idle(handle, self._history, baseline, self._rules.patience)

    def census(self, label: str, rest: float = census.REST) -> Census | None:
        """Count what is left of the target; None where it cannot be looked into."""
        handle, baseline = self._server.handle, self._server.baseline
        if handle is None or baseline is None:
            return None
        patience, notice = self._rules.patience, self._watch.notice
        counted = census.take(handle, self._history, baseline, label, patience, rest, notice)
        if counted.conclusion is not Conclusion.MET:
            self._watch.record_waiting()
        self._note_listener()
        return counted

    def watch_listener(self) -> None:
        """Wait until the listener has ended or will not by itself, and record its end."""
        handle = self._server.handle
        if handle is not None:
            self._pump.wait(lambda: not handle.listener_lives())
        self._note_listener()

    def has_grown(self, counted: Census) -> bool:
        """Tell whether the target has more descriptors, threads or processes than at first."""
        baseline = self._server.baseline
        return baseline is not None and (
            counted.descriptors > baseline.descriptors
            or counted.threads > baseline.threads
            or bool(counted.strays)
        )

    def clear(self) -> None:
        """Close every socket that is still open."""
        for client in self._pump.clients.values():
            client.discard(by_reset=True)

    # The steps.

    def _make(self, step: Step) -> None:
        match step:
            case Open(client, reading):
                if self._scene.may_open(client):
                    self._scene.open(client, reading)
            case Send(client, payload, piece):
                self._scene.send(client, payload, piece)
            case Receive(client):
                self._scene.set_reading(client, Reading.EAGER)
                self._await_echo((client,))
                self._watch.find_who_serves(self._live(client))
            case HalfClose(client):
                self._scene.half_close(client)
            case Close(client):
                self._scene.close(client)
            case Reset(client):
                self._scene.reset(client)
            case Silence():
                self._keep_silent()
            case Inject():
                self._inject(step)
                self._watch.look()

    def _keep_silent(self) -> None:
        for client in self._clients():
            self._scene.set_reading(client, Reading.EAGER)
        if not self._await_echo(self._clients()) and self._see_it_idle():
            silence.keep(self._server, self._pump, self._history)

    def _inject(self, step: Inject) -> None:
        fault = step.fault
        outcome = Outcome.missed("the fault was interrupted")
        try:
            outcome = fault.apply(self._scene)
        except (OSError, LookupError, ValueError) as error:
            # The target was gone in the middle of it: whatever that means, other evidence says it.
            outcome = Outcome.missed(f"the fault broke off: {error}")
        finally:
            fault.undo(self._scene)
            self._history.add(
                Injected(
                    self._history.now(),
                    fault.name,
                    outcome.status,
                    outcome.detail,
                    outcome.disturbed,
                )
            )

    # Waiting for what is owed.

    def _clients(self) -> tuple[int, ...]:
        return tuple(n for n, client in self._pump.clients.items() if client.is_live)

    def _live(self, *numbers: int) -> Iterator[Client]:
        """Return these clients, or all, as far as they are connected."""
        clients = self._pump.clients
        return (clients[n] for n in numbers or clients if n in clients and clients[n].is_live)

    def _unsatisfied(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        clients = ((n, self._pump.clients.get(n)) for n in numbers)
        return tuple(n for n, c in clients if c is not None and c.is_live and not c.is_satisfied)

    def _await_echo(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        conclusion = self._pump.wait(lambda: not self._unsatisfied(numbers))
        left = self._unsatisfied(numbers)
        self._stalled(left, "echo", conclusion)
        return left

    def _await_end(self, numbers: tuple[int, ...]) -> None:
        clients = [self._pump.clients[n] for n in numbers]
        conclusion = self._pump.wait(lambda: not any(client.is_live for client in clients))
        left = tuple(client.number for client in clients if client.is_live)
        self._stalled(left, "end", conclusion)

    def _stalled(self, numbers: tuple[int, ...], awaited: str, conclusion: Conclusion) -> None:
        evidence = self._pump.evidence
        if numbers:
            self._watch.record_waiting()
        for number in numbers:
            others = tuple(n for n in self._clients() if n != number)
            self._history.add(
                Stalled(
                    at=self._history.now(),
                    client=number,
                    awaited=awaited,
                    missing=self._pump.clients[number].missing,
                    conclusion=conclusion,
                    others=others,
                    accepted=self._scene.accepted(number) if self._server.handle else None,
                    served=sum(self._scene.accepted(other) for other in others),
                    evidence=evidence,
                )
            )

    def _end_in_order(self, numbers: tuple[int, ...], beside: tuple[int, ...] = ()) -> None:
        """End connections; those of `beside` first, while the others are still there."""
        for group in (beside, numbers):
            for number in group:
                self._scene.half_close(number)
            self._await_end(group)
        late = tuple(number for number in beside if self._pump.clients[number].is_live)
        self._close_finally(numbers)
        self._await_end(late)
        numbers = (*beside, *numbers)
        ended = (n for n, client in self._pump.clients.items() if client.end is not None)
        self._close_finally((*numbers, *ended))

    def _close_finally(self, numbers: tuple[int, ...]) -> None:
        for number in numbers:
            self._pump.clients[number].close(final=True)

    def _note_listener(self) -> None:
        handle = self._server.handle
        if handle is None or self._listener_ended or handle.listener_lives():
            return
        self._listener_ended = True
        ending = handle.ending_of(handle.listener)
        words = str(ending) if ending else "ended"
        self._history.add(
            ListenerEnded(self._history.now(), handle.listener.pid, words, handle.output())
        )
