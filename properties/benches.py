"""The bench for a subject: where its workloads are tried out."""

from properties import laboratory
from properties.bench import Bench
from properties.execute import Rules
from properties.laboratory import Laboratory
from properties.peer.laboratory import ClientLaboratory, check_client
from properties.subject import RoleName, Subject


def bench_for(subject: Subject, rules: Rules) -> Bench:
    """Return a bench for servers or for clients."""
    if subject.role is RoleName.CLIENT:
        return ClientLaboratory(subject, rules)
    return Laboratory(subject, rules)


def check_subject(subject: Subject, rules: Rules) -> None:
    """Try the subject out once, before anything is distributed.

    Raises TargetError, in words for the user, when there is nothing to test.
    """
    check = check_client if subject.role is RoleName.CLIENT else laboratory.check_subject
    check(subject, rules)
