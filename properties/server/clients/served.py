"""Whether a server serves, where that is asked outside of a verdict."""

import time

from properties.model.history import History
from properties.model.oracle import Service, scope_of
from properties.model.settings import Rules
from properties.server.connection_records import connection_records
from properties.server.events import Opened, Received, Stalled
from properties.server.instance import ServerInstance
from properties.server.interpreter import Interpreter
from properties.server.resources import count_initial_resources
from target.handle import Handle
from target.start import START_PATIENCE

SHORTEST_PAUSE, LONGEST_PAUSE = 0.005, 0.1
"""Seconds between two clients of a server that is not ready."""

REFUSED = "once it listened it refused its first clients, with words of its own: it was waited for"


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


def await_ready(server: ServerInstance, rules: Rules) -> str:
    """Wait until a server that has just been started serves, where it says that it does not yet.

    One with words of its own may listen before it can serve (PostgreSQL, while it recovers): it
    answers with those, and ends the connection. It gets the time that a start may take; if it has
    never served by then, none the next time. Returns what is to be said of it, "" for nothing.
    """
    handle = server.handle
    if handle is None or handle.pace.ready is False or not scope_of(rules.service).in_own_words:
        return ""
    began, refused = time.monotonic(), 0
    while _refuses(server, rules):
        refused += 1
        if time.monotonic() - began > _start_timeout(handle):
            handle.pace.ready = bool(handle.pace.ready)
            return REFUSED
        time.sleep(min(SHORTEST_PAUSE * refused, LONGEST_PAUSE))
    handle.pace.ready = True
    if not refused:
        return ""
    server.baseline = count_initial_resources(handle, rules.patience)
    return REFUSED


def _start_timeout(handle: Handle) -> float:
    # That of a start in unusual surroundings is shorter than what the user has given.
    return max(START_PATIENCE, handle.command.surroundings.start_timeout or 0.0)


def _refuses(server: ServerInstance, rules: Rules) -> bool:
    """Make one exchange; return whether it was ended with words that are not the answer."""
    history = History(scope=scope_of(rules.service))
    serves(server, rules, history)
    record = connection_records(history)[1]
    is_cut_off = record.ended_unasked and 0 < record.received < record.owed
    return is_cut_off and record.mismatch is None
