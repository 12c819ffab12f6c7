"""Control exchanges in rounds, with a look at the server's memory after each.

A server that has warmed up and does not grow is known after a few hundred exchanges. One that grows
gets more of them, in rounds that are larger the smaller the growth. Between these, one client sends
megabytes in small pieces: a garbage collector runs then, and memory grows no further at first.
"""

from faults.payloads import MAXLINE, Content, Payload
from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Workload
from properties.server import resources
from properties.server.clients.served import was_served
from properties.server.events import Census, ListenerEnded, Mismatched
from properties.server.execute import BRIEFLY, watch_listener
from properties.server.follow_ups.events import MemoryRead
from properties.server.follow_ups.memory_growth import (
    PROBE,
    PROBES,
    ROUNDS,
    WARM_UP,
    Round,
    may_be_a_leak,
    rounds,
    size_of_rounds,
    total,
)
from properties.server.instance import ServerInstance
from properties.server.interpreter import Interpreter
from properties.server.steps import Close, Open, Receive, Send
from target.process_status import Memory, memory_of

MEGABYTES: Workload = (
    Open(1),
    Send(1, Payload(Content.LETTERS, 8 << 20), MAXLINE),
    Receive(1),
    Close(1),
)

RESTLESS = frozenset({Conclusion.STARVED, Conclusion.BUSY})


def exchange_in_rounds(server: ServerInstance, rules: Rules, history: History) -> None:
    """Make rounds of exchanges until it is clear whether memory grows, and record each.

    Nothing is done to a server that we did not start, nor where the user's limit on the rate of
    connections would make it last longer than the patience.
    """
    if server.handle is None or server.baseline is None or _most(rules) < WARM_UP + PROBES * PROBE:
        return
    exchanges = _Rounds(server, rules, history)
    if not all(exchanges.make(count) for count in (WARM_UP, *[PROBE] * PROBES)):
        return
    probed = total(exchanges.rounds())
    if not probed.grew:
        return
    size = min(size_of_rounds(probed), _most(rules))
    for number in range(ROUNDS):
        if number == ROUNDS // 2 and not exchanges.run(MEGABYTES):
            return
        if not exchanges.make(size) or not may_be_a_leak(exchanges.rounds()[PROBES:]):
            return


def _most(rules: Rules) -> int:
    """Return how many exchanges a round may have within the limits."""
    rate = rules.limits.rate
    return 1 << 16 if rate is None else int(rate * rules.patience)


class _Rounds:
    """The rounds that were made with one server."""

    def __init__(self, server: ServerInstance, rules: Rules, history: History) -> None:
        self._server = server
        self._rules = rules
        self._history = history
        self._connections = 0
        self._together = rules.limits.connections or 1 << 16

    def rounds(self) -> list[Round]:
        return rounds(self._history.of(MemoryRead))

    def make(self, count: int) -> bool:
        """Make so many exchanges and read the memory; return whether all went well."""
        for number in range(1, count + 1):
            if not self.run(BRIEFLY):
                self._watch_listener()
                self._read()
                return False
            if number % self._together == 0:
                # Workers of clients that have just left count against a limit as well.
                self._rest()
        return self._read()

    def run(self, workload: Workload) -> bool:
        """Make one exchange; return whether the client was served, and the listener lives."""
        aside = History(began=self._history.began)
        interpreter = Interpreter(self._server, self._rules, aside)
        try:
            interpreter.steps(workload)
        finally:
            interpreter.clear()
        for serious in (*aside.of(ListenerEnded), *aside.of(Mismatched)):
            self._history.add(serious)
        self._connections += 1
        served = was_served(aside, self._rules.service)
        return served and not any(aside.of(ListenerEnded))

    def _watch_listener(self) -> None:
        """Record the end of a listener whose sockets are gone and that is still ending."""
        if not any(self._history.of(ListenerEnded)):
            watch_listener(self._server, self._history, self._rules.patience)

    def _read(self) -> bool:
        counted = self._rest()
        held = Memory()
        if self._server.baseline is not None:
            for identity in self._server.baseline.members:
                held += memory_of(identity.pid)
        self._history.add(
            MemoryRead(
                at=self._history.now(),
                connections=self._connections,
                resident=held.resident,
                writable=held.writable,
                descriptors=counted.descriptors,
                threads=counted.threads,
                conclusion=counted.conclusion,
            )
        )
        return counted.conclusion not in RESTLESS

    def _rest(self) -> Census:
        """Wait until the workers of all past clients have ended, and count what is left."""
        handle, baseline = self._server.handle, self._server.baseline
        assert handle is not None
        assert baseline is not None
        aside = History(began=self._history.began)
        return resources.take(handle, aside, baseline, "rounds", self._rules.patience)
