"""Where workloads meet a client: each is given a client process of its own, and judged."""

from properties.bench import Bench
from properties.execution import Rules
from properties.history import History
from properties.peer.account import account
from properties.peer.events import Accepted, Exited
from properties.peer.execute import execute
from properties.peer.invariants.registry import CLIENT_INVARIANTS
from properties.steps import Workload
from properties.subject import Subject
from properties.trial import Trial, judged
from properties.verdict import Sequel
from target.command import REFERENCE_CLIENT
from target.errors import TargetError


class ClientLaboratory(Bench):
    """Runs trials on one client."""

    invariants = CLIENT_INVARIANTS

    def try_out(self, workload: Workload) -> Trial:
        """Start a client, make a workload happen to it, and judge it. Raises TargetError."""
        command = self.subject.command or REFERENCE_CLIENT
        history = execute(workload, command, self.subject.host, self.rules)
        return judged(workload, history, CLIENT_INVARIANTS)

    def try_with(self, sequel: Sequel | None, workload: Workload) -> Trial:
        """Try a workload out: nothing follows the workload of a client."""
        if sequel is not None:
            raise ValueError(f"nothing follows a client's workload: {sequel}")
        return self.try_out(workload)

    def close(self) -> None:
        """Do nothing: every trial has ended its client."""


def check_client(subject: Subject, rules: Rules) -> None:
    """Start the client once and see whether it connects, before anything is distributed.

    Raises TargetError, in words for the user, when there is nothing to test.
    """
    trial = ClientLaboratory(subject, rules).try_out(())
    if any(trial.history.of(Accepted)):
        return
    raise TargetError(f"the client {subject} {_why_not_connected(trial.history)}", _said(trial))


def _why_not_connected(history: History) -> str:
    exited = next(history.of(Exited), None)
    if exited is not None and not exited.stopped:
        return f"ended before it had connected: {exited.ending}"
    return "runs but never connected: put {host} and {port} where its arguments belong"


def _said(trial: Trial) -> str:
    return account(trial.history).said
