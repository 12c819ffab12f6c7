"""What may follow a workload for the sake of one invariant. A new follow-up is one line here."""

from collections.abc import Callable

from properties.model.history import History
from properties.model.settings import Rules
from properties.model.verdict import FollowUp
from properties.server.follow_ups.flood import flood
from properties.server.follow_ups.memory import exchange_in_rounds
from properties.server.follow_ups.restart import restart
from properties.server.instance import ServerInstance

MakeFollowUp = Callable[[ServerInstance, Rules, History], None]
"""Makes a follow-up with a server that has run a workload, and records it in its history."""

FOLLOW_UPS: dict[FollowUp, MakeFollowUp] = {
    FollowUp.RESTART: restart,
    FollowUp.ROUNDS: exchange_in_rounds,
    FollowUp.FLOOD: flood,
}
