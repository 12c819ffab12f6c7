"""Finding out how many clients a server serves at once before it serves the next one no more.

Clients connect one by one, and each is served before the next one comes. Nothing else happens, so
that a client which is ended without a byte, or left in the accept queue, has met a limit.
"""

from dataclasses import replace

from properties.model.history import History
from properties.model.settings import Rules
from properties.server.connection_records import ConnectionRecord, connection_records
from properties.server.instance import ServerInstance
from properties.server.interpreter import Interpreter
from properties.server.invariants import prompt_service
from properties.server.limits.client_limit import MOST, turned_away
from properties.server.steps import asking


def crowd(history: History) -> int:
    """Return beside how many others a client was not served, the most; 0 where all were."""
    crowds = [record.beside for record in turned_away(history)]
    crowds += [stall.served for stall in prompt_service.blocked_by_a_child(history)]
    return max(crowds, default=0)


def _is_left_waiting(record: ConnectionRecord) -> bool:
    stall = record.lost_echo()
    return stall is not None and stall.accepted is False


def served_at_once(server: ServerInstance, rules: Rules) -> int | None:
    """Return how many clients are served before one is not; None where all are."""
    history = History(processes_seen=server.handle is not None)
    unlimited = replace(rules, limits=replace(rules.limits, connections=None))
    interpreter = Interpreter(server, unlimited, history)
    try:
        for number in range(1, MOST + 1):
            interpreter.steps(asking(number))
            record = connection_records(history)[number]
            if record.was_turned_away or _is_left_waiting(record):
                return number - 1
            if not record.was_answered:
                return None
        return None
    finally:
        interpreter.finish()
        interpreter.clear()
