"""The interpreter: runs the parts of a workload, and records everything that is seen.

`properties.server.execute` calls the parts, in their order.
"""

from collections.abc import Iterator

from faults.fault import Reading
from faults.freezing import StoppedServer
from faults.payloads import A_LINE
from faults.server.schedules import exchange_in_turns
from properties.engine.injection import inject, run_steps
from properties.engine.spinning import REST
from properties.engine.states import Moment
from properties.model.events import Conclusion, Doubted, StepBegan
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject, Step, Workload
from properties.server import idle, resources
from properties.server.clients import standstill
from properties.server.clients.bystanders import Bystanders
from properties.server.clients.client_connection import ClientConnection
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.clients.states import recorder
from properties.server.clients.unmatched import note_unmatched
from properties.server.context import ServerRunContext
from properties.server.events import Census, ListenerEnded, OpenFailed, Stalled
from properties.server.instance import ServerInstance
from properties.server.observer import ProcessObserver
from properties.server.steps import (
    AT_ONCE,
    Close,
    Fill,
    HalfClose,
    Open,
    Receive,
    Reset,
    Send,
    Silence,
    Standstill,
    Stop,
)

LET_GO = "the first client was not served, and its calls had been held for too long"


class Interpreter:
    """One workload that is run on a server."""

    def __init__(self, server: ServerInstance, rules: Rules, history: History) -> None:
        self._server = server
        self._rules = rules
        self._history = history
        self._observer = ProcessObserver(server, history)
        self._io_loop = ClientIoLoop(server.handle, rules.patience, self._observer.notice)
        self._connector = Connector(server, rules.limits, rules.service, self._io_loop, history)
        self._context = ServerRunContext(
            server,
            self._io_loop,
            self._connector,
            Bystanders(server, rules.limits, self._io_loop),
            self._observer,
            history,
        )
        self._stopped = StoppedServer(self._context)
        self._states = recorder(server, self._io_loop, history, wanted=rules.states)
        self._listener_ended = False

    def watch(self) -> None:
        """From now on record which processes appear, which clients they serve, and how they end."""
        self._observer.begin()

    def exchange(self, number: int, *, in_turns: bool = False) -> None:
        """Run a control exchange: connect, one line and back, half-close, EOF, close.

        `in_turns`: each call of the server has its turn, where there is a gate for that; a server
        that rests before it answers is sent the half-close first.
        """
        let_go = exchange_in_turns(self._context, number) if in_turns else ""
        if number not in self._io_loop.clients and not self._context.open(number, Reading.EAGER):
            self._note_listener()
            return
        if not self._io_loop.clients[number].written:
            self._context.send(number, A_LINE)
        self._await_echo((number,))
        self._context.half_close(number)
        self._await_end((number,))
        if let_go and not self._io_loop.clients[number].has_all:
            self._history.add(Doubted(self._history.now(), f"{LET_GO}: {let_go}"))
        self._close_finally((number,))
        self._note_listener()

    def steps(self, workload: Workload) -> None:
        """Run the steps, one after the other."""
        run_steps(workload, self._make_and_look, self._history, self.has_seen_enough)
        self._states(Moment.STEPS_OVER)

    def _make_and_look(self, step: Step) -> None:
        self._states(Moment.STEP)
        self._make(step)
        self._io_loop.turn(0)
        self._note_listener()

    def has_seen_enough(self) -> bool:
        """Return whether each further step could take as long as this one has."""
        for event in reversed(self._history.events):
            if isinstance(event, StepBegan) and event.index:
                # What came before was asked about after the step before.
                return False
            if isinstance(event, Stalled | OpenFailed) and event.conclusion.took_the_patience:
                return True
        return False

    def finish(self) -> None:
        """Bring every connection to its orderly end."""
        self._stopped.go_on(self._clients())
        for client in self._clients():
            self._context.set_reading(client, Reading.EAGER)
        waiting = self._await_echo(self._clients())
        self._observer.find_who_serves(self._live())
        if not waiting:
            self._record_idle()
        served = tuple(c for c in self._clients() if c not in waiting)
        self._end_in_order(served[1:], beside=served[:1])
        if waiting:
            # The others have left. A client that is served now was only kept waiting.
            self._await_echo(waiting)
            self._end_in_order(tuple(c for c in self._clients() if c in waiting))
        if any(client.was_turned_away for client in self._io_loop.clients.values()):
            self._connector.await_listening()
        self._states(Moment.CLIENTS_GONE)
        self._note_listener()

    def _record_idle(self) -> bool:
        """Record the state of the target while it has nothing to do; return whether it rests."""
        handle, baseline = self._server.handle, self._server.baseline
        if handle is None or baseline is None or not self._clients():
            return False
        return resources.take_idle(handle, self._history, baseline, self._rules.patience)

    def see_it_stop(self) -> None:
        """Record what is left of a server that was told to stop, now that all clients have left."""
        self._context.see_it_stop()

    def census(self, label: str, rest: float = REST) -> Census | None:
        """Count what is left of the target; None where it cannot be looked into."""
        handle, baseline = self._server.handle, self._server.baseline
        if handle is None or baseline is None:
            return None
        patience, notice = self._rules.patience, self._observer.notice
        counted = resources.take(handle, self._history, baseline, label, patience, rest, notice)
        if counted.conclusion is not Conclusion.MET:
            self._observer.record_waiting()
        self._server.take_in_refills()
        self._note_listener()
        return counted

    def watch_listener(self) -> None:
        """Wait until the listener has ended or will not by itself, and record its end."""
        handle = self._server.handle
        if handle is not None:
            self._io_loop.wait(lambda: not handle.listener_lives())
        self._note_listener()

    def clear(self) -> None:
        """Continue what is stopped, close every socket, and record what has passed the wire."""
        self._stopped.go_on(())
        self._io_loop.close()
        self._context.link.record()

    # The steps.

    def _make(self, step: Step) -> None:
        if not isinstance(step, (*AT_ONCE, Stop)):
            self._stopped.go_on(self._clients())
        match step:
            case Open(client, reading):
                if self._context.may_open(client):
                    self._context.open(client, reading)
            case Send(client, payload, piece):
                self._context.send(client, payload, piece)
            case Receive(client):
                self._context.set_reading(client, Reading.EAGER)
                self._await_echo((client,))
                self._observer.find_who_serves(self._live(client))
            case HalfClose(client):
                self._context.half_close(client)
            case Close(client):
                self._context.close(client)
            case Reset(client):
                self._context.reset(client)
            case _:
                self._wait_or_inject(step)

    def _wait_or_inject(self, step: Step) -> None:
        match step:
            case Fill(client):
                self._fill(client)
            case Standstill():
                self._stand_still()
            case Silence(seconds):
                self._keep_silent(seconds)
            case Stop():
                self._stopped.stop()
            case Inject():
                inject(step.fault, self._context, self._history)
                self._connector.await_rest()
                self._observer.look()

    def _fill(self, number: int) -> None:
        for client in self._live(number):
            if self._server.handle is not None and self._history.scope.has_backpressure:
                standstill.fill(self._server.handle, self._io_loop, client)

    def _stand_still(self) -> None:
        if self._server.handle is not None:
            standstill.watch(self._server.handle, self._io_loop, self._history)
            idle.outlast(self._server, self._io_loop)

    def _keep_silent(self, seconds: float) -> None:
        for client in self._clients():
            self._context.set_reading(client, Reading.EAGER)
        if not self._await_echo(self._clients()) and self._record_idle():
            idle.keep(self._server, self._io_loop, self._history)
            idle.last(self._io_loop, seconds)

    # Waiting for what is owed.

    def _clients(self) -> tuple[int, ...]:
        return tuple(n for n, client in self._io_loop.clients.items() if client.is_live)

    def _live(self, *numbers: int) -> Iterator[ClientConnection]:
        """Return these clients, or all, as far as they are connected."""
        clients = self._io_loop.clients
        return (clients[n] for n in numbers or clients if n in clients and clients[n].is_live)

    def _unsatisfied(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        clients = ((n, self._io_loop.clients.get(n)) for n in numbers)
        return tuple(n for n, c in clients if c is not None and c.is_live and not c.is_satisfied)

    def _await_echo(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        conclusion = self._io_loop.wait(lambda: not self._unsatisfied(numbers))
        left = self._unsatisfied(numbers)
        self._stalled(left, "echo", conclusion)
        return left

    def _await_end(self, numbers: tuple[int, ...]) -> None:
        clients = [self._io_loop.clients[n] for n in numbers]
        conclusion = self._io_loop.wait(lambda: not any(client.is_live for client in clients))
        left = tuple(client.number for client in clients if client.is_live)
        self._stalled(left, "end", conclusion)

    def _stalled(self, numbers: tuple[int, ...], awaited: str, conclusion: Conclusion) -> None:
        evidence = self._io_loop.evidence
        if numbers:
            self._observer.record_waiting()
        for number in numbers:
            others = tuple(n for n in self._clients() if n != number)
            self._history.add(
                Stalled(
                    at=self._history.now(),
                    client=number,
                    awaited=awaited,
                    missing=self._io_loop.clients[number].missing,
                    conclusion=conclusion,
                    others=others,
                    accepted=self._context.accepted(number) if self._server.handle else None,
                    served=sum(self._context.accepted(other) for other in others),
                    evidence=evidence,
                )
            )

    def _end_in_order(self, numbers: tuple[int, ...], beside: tuple[int, ...] = ()) -> None:
        """End connections; those of `beside` first, while the others are still there."""
        for group in (beside, numbers):
            for number in group:
                self._context.half_close(number)
            self._await_end(group)
        late = tuple(number for number in beside if self._io_loop.clients[number].is_live)
        self._close_finally(numbers)
        self._await_end(late)
        ended = (n for n, client in self._io_loop.clients.items() if client.end is not None)
        self._close_finally((*beside, *numbers, *ended))

    def _close_finally(self, numbers: tuple[int, ...]) -> None:
        for client in (self._io_loop.clients[number] for number in numbers):
            note_unmatched(client, self._history)
            client.close(final=True)

    def _note_listener(self) -> None:
        handle = self._server.handle
        if handle is None or self._listener_ended or handle.listener_lives():
            return
        self._listener_ended = True
        ending = handle.ending_of(handle.listener)
        how = (str(ending), ending.status, ending.signal) if ending else ("ended", None, None)
        at, pid, output = self._history.now(), handle.listener.pid, handle.output()
        self._history.add(ListenerEnded(at, pid, how[0], output, *how[1:]))
