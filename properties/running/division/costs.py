"""What a part of a plan costs, in milliseconds of one worker: only what shards are balanced by.

The figures are those of the reference server on two cores; other targets and machines are slower,
but what takes long takes long there as well.
"""

from properties.model.verdict import FollowUp

USUAL = 150
"""A workload of a family that is not listed."""

OF_A_WORKLOAD = {
    "control": 75,
    "eof_races": 90,
    "signals": 115,
    "urgent_data": 70,
    "stops": 80,
    "scarce_descriptors": 320,
    "accept_errors": 320,
    "io_errors": 240,
    "held_listener": 230,
    "many_clients": 900,
    "flooding_client": 280,
    "cut_wire": 380,
    "mixed": 220,
}
"""A workload, by the name of its family."""

OF_A_FOLLOW_UP = {FollowUp.RESTART: 200, FollowUp.ROUNDS: 1000, FollowUp.FLOOD: 500}
"""What follows a workload, besides the workload."""


def cost_of(family: str, workloads: int, follow_up: FollowUp | None = None) -> int:
    """Return what workloads of a family cost, each with what follows it."""
    follows = 0 if follow_up is None else OF_A_FOLLOW_UP.get(follow_up, USUAL)
    return workloads * (OF_A_WORKLOAD.get(family, USUAL) + follows)
