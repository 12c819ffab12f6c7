"""Runs workloads on a client: each has a client process of its own, and is judged."""

from faults.gate.gate import Gate
from faults.gate.kernel import unavailable
from faults.harmless_signals import Harmless
from properties.client.events import Accepted, Attempted, Exited, Refused, Unreached, Waited
from properties.client.execute import execute
from properties.client.invariants.registry import CLIENT_INVARIANTS
from properties.client.launch import Launch
from properties.client.link import linked
from properties.client.rehearsal import (
    harmless_after,
    needs_a_name,
    rehearse,
    why_it_takes_no_names,
)
from properties.client.summary import summarize
from properties.engine.stillness import WitnessNeeded
from properties.model.harness import Harness
from properties.model.history import History
from properties.model.learnt import Learnt, PlainFailures
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload, needs_wire, uses_signals
from properties.model.target_spec import Target
from properties.model.trial import Trial, judged
from properties.model.verdict import FollowUp, Invariant
from target.chamber import Network
from target.command import REFERENCE_CLIENT
from target.errors import GateError, TargetError

NOT_CONNECTED = "it did not connect, so that nothing was seen of what it does then"


OFTEN = 6
"""Clients in a row. What is typed and answered differs from one to the next."""

IN_VAIN = f"{OFTEN} clients in a row, without a fault, had been waited for in vain"


class PlainClients:
    """What clients do in workloads without a fault."""

    def __init__(self) -> None:
        self._failures = PlainFailures(OFTEN)

    def take(self, workload: Workload, history: History, learnt: Learnt) -> None:
        """Process a workload; record in `learnt` where each client fails without a fault."""
        if not any(isinstance(step, Inject) for step in workload):
            self._failures.take(history.of(Waited), _in_vain, learnt)


class ClientHarness(Harness):
    """Runs trials on one client."""

    def __init__(
        self, target: Target, rules: Rules, invariants: tuple[Invariant, ...] = CLIENT_INVARIANTS
    ) -> None:
        super().__init__(target, rules, invariants)
        self._witness = False
        self._denied = unavailable() is not None
        self._plain_clients = PlainClients()

    def run_trial(self, workload: Workload, follow_up: FollowUp | None = None) -> Trial:
        """Start a client, run a workload on it, and judge it. Raises TargetError.

        No follow-up is defined for a client: with one it raises ValueError.
        """
        if follow_up is not None:
            raise ValueError(f"nothing follows a client's workload: {follow_up}")
        self.pace.begin_trial()
        try:
            self._learn_names(workload)
            return self._tried(workload, self._harmless(workload))
        except WitnessNeeded:
            # It catches SIGALRM: started anew, whether it ever sets a timer can be seen.
            self._witness = True
            self._learn_names(workload)
            return self._tried(workload, self._harmless(workload))

    def _harmless(self, workload: Workload) -> Harmless:
        """Return which caught signals may be sent; try that out, if it matters."""
        learnt, choice = self.learnt, self.rules.signals
        if learnt.rehearsed is None and uses_signals(workload):
            learnt.rehearsed = rehearse(self._tried, choice)
            for remark in learnt.rehearsed.remarks:
                self.note(remark)
        return harmless_after(learnt.rehearsed, choice)

    def _learn_names(self, workload: Workload) -> None:
        """Find out whether the client takes a name for the server's address, if it matters."""
        if self.learnt.takes_no_names is None and needs_a_name(workload):
            self.learnt.takes_no_names = why_it_takes_no_names(self._tried)

    def _tried(self, workload: Workload, harmless: Harmless) -> Trial:
        history = self._run(workload, harmless)
        self._plain_clients.take(workload, history, self.learnt)
        trial = judged(workload, history, self.invariants)
        kinds = (Accepted, Refused, Attempted, Unreached)
        was_met = any(any(history.of(kind)) for kind in kinds)
        return trial if was_met else trial.without_passes(NOT_CONNECTED)

    def _run(self, workload: Workload, harmless: Harmless) -> History:
        command = self.target.command or REFERENCE_CLIENT
        gate = Gate(frozenset()) if self._witness else None
        may_be_witnessed = not self._witness and not self._denied
        no_names = self.learnt.takes_no_names or ""
        launch = Launch(self.pace, gate, may_be_witnessed, harmless, no_names)
        host = self.target.host
        over_wire = needs_wire(workload) or self.rules.network is Network.WIRE
        try:
            with linked(launch, command, host, over_wire=over_wire) as launch_there:
                return execute(workload, command, host, self.rules, launch_there)
        except GateError:
            self._witness, self._denied = False, True
            return self._run(workload, harmless)
        finally:
            if gate is not None:
                gate.close()

    def close(self) -> None:
        """Do nothing: every trial has ended its client."""


def _in_vain(wait: Waited) -> str:
    return f"{IN_VAIN} {wait.what.value}"


def probe_client(target: Target, rules: Rules) -> bool:
    """Start the client once and see whether it connects, before anything is distributed.

    Returns that it does. Raises TargetError, in words for the user, when there is nothing to test.
    """
    trial = ClientHarness(target, rules).run_trial(())
    if any(trial.history.of(Accepted)):
        return True
    raise TargetError(f"the client {target} {_why_not_connected(trial.history)}", _said(trial))


def _why_not_connected(history: History) -> str:
    exited = next(history.of(Exited), None)
    if exited is not None and not exited.stopped:
        return f"ended before it had connected: {exited.ending}"
    return "runs but never connected: put {host} and {port} where its arguments belong"


def _said(trial: Trial) -> str:
    return summarize(trial.history).said
