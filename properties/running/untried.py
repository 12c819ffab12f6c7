"""Parts that are not run, because what they would show is known."""

from properties.model.harness import Harness
from properties.model.verdict import Verdict
from properties.running.plan import Part
from properties.search.findings import Findings

NOT_TRIED_AGAIN = "it was violated after workloads of another fault, and was not tried again"


def untried(part: Part, harness: Harness, *, has_control: bool) -> Findings | None:
    """Return the findings of a part that is not to be run, None for one that is.

    `has_control`: the run has a family without faults, which shows what is wrong without one. What
    is swept is decided choice by choice (`Exploration.sweep`).
    """
    findings, learnt = Findings(part.family.name), harness.learnt
    follow_up = part.follow_up
    served = [one.id for one in harness.invariants if follow_up and one.follow_up is follow_up]
    if served and learnt.answered.issuperset(served):
        for name in served:
            findings.cells[name].note(Verdict.not_applicable(NOT_TRIED_AGAIN))
        return findings
    if learnt.plain_fails and has_control and not part.choices and part.case is None:
        findings.notes.append(learnt.plain_fails)
        return findings
    return None
