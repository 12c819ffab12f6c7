"""Making a case of a workload that violated an invariant."""

import platform
from importlib import metadata

from properties.cases.case import Case
from properties.model.harness import Harness
from properties.model.role import Role
from properties.model.trial import Trial
from properties.model.verdict import Invariant, Verdict
from properties.services.registry import name_of, table_in


def new_case(
    harness: Harness, role: Role, family: str, seed: int, invariant: Invariant, tried: Trial
) -> Case:
    """Return the case of a trial that violated an invariant. `seed` is what it was drawn from."""
    target, rules = harness.target, harness.rules
    return Case(
        role=role,
        invariant=invariant,
        fault=family,
        workload=tried.workload,
        actual=tried.verdicts[invariant.id].reason,
        words=target.words,
        surroundings=target.surroundings,
        host=target.host,
        port=target.port,
        limits=rules.limits,
        patience=rules.patience,
        service=name_of(rules.service),
        table=table_in(rules.service),
        signals=rules.signals,
        network=rules.network,
        history=tuple(tried.history.events),
        reports=rules.reports,
        about={
            "seed": seed,
            "platform": platform.platform(),
            "versions": {name: metadata.version(name) for name in ("anechoic", "hypothesis")},
            "verdicts": {name: _in_words(verdict) for name, verdict in tried.verdicts.items()},
        },
    )


def _in_words(verdict: Verdict) -> str:
    return f"{verdict.outcome.value}: {verdict.reason}"
