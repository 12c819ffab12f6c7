"""The points of the exhaustive sweep: which calls one exchange makes, and how each may fail.

The calls are counted on a fresh server that has served before, three times: a call that is not made
each time (an allocation, a log that is opened once) is no point that could be met again.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_
from typing import ClassVar

from faults.fault import NAMES_CLIENTS, FaultOutcome, Status
from faults.gate.callers import NOT_CALM, await_calm
from faults.gate.calls import Kind, kind_named
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.gate.kernel import Call
from faults.gate.lawful_errors import KINDS, LOSES_THE_CONNECTION
from faults.gate.lawful_errors import points_of as points_of_call
from faults.gate.rules import Errno, Rule
from faults.payloads import A_LINE
from faults.server.exchange import CallKey, exchange, keys_of
from faults.server.failed_calls import FailCall
from faults.server_context import ServerContext
from properties.model.role import Family
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.model.sweep import Choice
from properties.model.target_spec import Target
from properties.server.families import ON_REQUEST
from properties.server.harness import ServerHarness
from properties.server.steps import Open, Receive, Send

BYSTANDER: Workload = (Open(1), Send(1, A_LINE), Receive(1))
"""A client that was served and stays: nothing is done to it."""

COUNTED = (2, 3, 4)
"""The clients whose exchanges are counted."""


@dataclass(frozen=True)
class CountCalls(GateFault):
    """No fault: count what a plain exchange of this client calls, for the sweep."""

    name: ClassVar[str] = "count_calls"
    section: ClassVar[str] = "seccomp(2)"
    summary: ClassVar[str] = "the calls of a plain exchange are counted"
    brings_clients: ClassVar[bool] = True
    calls: ClassVar[frozenset[Kind]] = KINDS

    client: int = field(metadata=NAMES_CLIENTS)
    counted: list[Counter[CallKey]] = field(default_factory=list, compare=False)
    """What was counted, each time that it was made."""

    def at_gate(self, context: ServerContext, gate: Gate) -> FaultOutcome:
        """Make one exchange, and note each call."""
        if not await_calm(context, gate):
            return NOT_CALM
        key, counted = keys_of(context), Counter[CallKey]()

        def note(call: Call) -> bool:
            if (found := key(call)) is not None:
                counted[found] += 1
            return False

        for kind in KINDS:
            gate.arm(Rule(kind, note, Errno(0)))
        exchange(context, gate, self.client)
        context.see_it_rest()
        self.counted.append(counted)
        return FaultOutcome.fired(f"{counted.total()} calls")

    def __str__(self) -> str:
        return f"the calls of an exchange of c{self.client} are counted"


@dataclass(frozen=True)
class Points:
    """What was counted. `violated` are the invariants that a plain exchange violates already.

    `refusal` says why nothing can be counted, in words; empty where it can.
    """

    counted: tuple[tuple[CallKey, int], ...] = ()
    violated: tuple[str, ...] = ()
    refusal: str = ""


def points_of(target: Target, rules: Rules) -> Points:
    """Count the calls of a plain exchange. Raises TargetError when the server does not start."""
    counting = tuple(CountCalls(client) for client in COUNTED)
    workload = (*BYSTANDER, *(Inject(one) for one in counting))
    harness = ServerHarness(target, rules)
    try:
        trial = harness.run_trial(workload)
    finally:
        harness.close()
    status, why = trial.fault_status()
    counts: list[Counter[CallKey]] = [found for one in counting for found in one.counted]
    if status is not Status.FIRED or not counts:
        return Points(refusal=f"its calls cannot be counted: {why}")
    each = reduce(and_, counts)
    found = sorted(each.items(), key=lambda one: _order(one[0]))
    return Points(tuple(found), tuple(sorted(trial.violated)))


def _order(key: CallKey) -> tuple[str, ...]:
    """Calls of one kind come together: a server behind a gate for them is used again."""
    kind = kind_named(key.call)
    return (kind.value if kind else "", key.call, key.caller.value, key.about.value)


def swept(points: Points) -> Family:
    """Return the family that tries these points."""
    found = tuple(choice for key, count in points.counted for choice in _choices(key, count))
    return replace(ON_REQUEST[0], sweep=found)


def _choices(key: CallKey, count: int) -> list[Choice]:
    kind = kind_named(key.call)
    errors = list(points_of_call(kind, key.call, key.about)) if kind else []
    return [
        _choice(FailCall(2, key.caller, key.call, key.about, nth, error, for_good, 3))
        for nth in range(1, count + 1)
        for error, for_good in errors
        # One client brings one connection that an accept could lose.
        if nth == 1 or error not in LOSES_THE_CONNECTION
    ]


def _choice(fault: FailCall) -> Choice:
    how = ", for good" if fault.for_good else ""
    value = f"{fault.nth}. about {fault.about.value}: {fault.error.value}{how}"
    group = f"{fault.call} of the {fault.caller.value}"
    return Choice(group, value, (*BYSTANDER, Inject(fault)), 3)
