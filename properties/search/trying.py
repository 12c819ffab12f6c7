"""Running one workload, written by hand, against a target."""

from collections.abc import Iterable

from properties.model.oracle import Echo, Service
from properties.model.settings import Limits, Rules
from properties.model.steps import Workload
from properties.model.target_spec import Target
from properties.model.trial import Trial
from properties.model.verdict import FollowUp, Invariant
from properties.roles import ROLES, harness_for


def try_workload(
    target: Target,
    workload: Workload,
    *,
    follow_up: FollowUp | None = None,
    invariants: Iterable[Invariant] | None = None,
    service: Service | None = None,
    patience: float = Rules.patience,
    limits: Limits | None = None,
) -> Trial:
    """Start the target, run a workload against it, and judge what was seen.

    `follow_up` is made afterwards, `invariants` judge (None: those of the role), `service` is what
    the target owes (None: echo), `patience` in seconds. The target is stopped before this returns.
    Raises TargetError when it cannot be started.
    """
    role = ROLES[target.role]
    judging = role.invariants if invariants is None else tuple(invariants)
    rules = Rules(limits or Limits(), patience, service or Echo())
    harness = harness_for(target, rules, judging)
    try:
        return harness.run_trial(workload, follow_up)
    finally:
        harness.close()
