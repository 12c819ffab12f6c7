"""Whether a client was served, or is now, where that is asked outside of a verdict."""

from properties.model.history import History
from properties.model.oracle import Service, scope_of
from properties.model.settings import Rules
from properties.server.events import Opened, Received, Stalled
from properties.server.instance import ServerInstance
from properties.server.interpreter import Interpreter


def was_served(history: History, service: Service) -> bool:
    """Return whether any client got an answer, or was read from where none is owed."""
    if any(history.of(Received)):
        return True
    waited = any(stall.awaited == "echo" for stall in history.of(Stalled))
    return not scope_of(service).is_answered and any(history.of(Opened)) and not waited


def serves(server: ServerInstance, rules: Rules, history: History) -> bool:
    """Make one exchange with a server, recorded in the history; return whether it was served."""
    interpreter = Interpreter(server, rules, history)
    try:
        interpreter.exchange(1)
    finally:
        interpreter.clear()
    return was_served(history, rules.service)
