"""Trying a server out before a run: whether it starts, what it needs, and whether it is reached."""

from dataclasses import replace

from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.model.trial import Trial
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.connection_records import connection_records
from properties.server.events import ListenerEnded, OpenFailed
from properties.server.harness import ServerHarness
from target.errors import EndedError, TargetError
from target.surroundings import Input


def probe_server(target: Target, rules: Rules) -> bool:
    """Start the server once, or connect to its address, before anything is distributed.

    Returns whether it has served its first client.
    Raises TargetError, in words for the user, when there is nothing to test.
    """
    try:
        trial = _probed(target, rules)
    except EndedError:
        _require_that_its_input_may_end(target, rules)
        raise
    if _has_ended(trial):
        _require_that_its_input_may_end(target, rules)
    record = connection_records(trial.history).get(FIRST_EXCHANGE)
    # A server that ends at its first client can be connected to, and is judged for that.
    if record is not None and record.failed and not _has_ended(trial):
        raise TargetError(_unreachable(target, record.failed))
    return record is not None and record.failed is None and record.received >= record.owed


def _unreachable(target: Target, failed: OpenFailed) -> str:
    if target.command is not None:
        return (
            f"the server {target} listens, but no connection to it can be made: {failed.reason}; "
            "look at the loopback interface, the routes and the firewall of this machine"
        )
    start_it = "; start the server first, or give its command instead" if failed.refused else ""
    return f"no server can be reached at {target}: {failed.reason}{start_it}"


def _probed(target: Target, rules: Rules) -> Trial:
    harness = ServerHarness(target, rules)
    try:
        return harness.run_trial(())
    finally:
        harness.close()


def _has_ended(trial: Trial) -> bool:
    return any(trial.history.of(ListenerEnded))


def _require_that_its_input_may_end(target: Target, rules: Rules) -> None:
    """Try a server that has ended with an input that does not end; raise where it serves then."""
    command = target.command
    if command is None or command.surroundings.input is Input.OPEN:
        return
    surroundings = replace(command.surroundings, input=Input.OPEN)
    with_input = replace(target, command=replace(command, surroundings=surroundings))
    try:
        serves = not _has_ended(_probed(with_input, rules))
    except TargetError:
        return
    if serves:
        raise TargetError(
            f"the server {command} ends when its standard input ends: add --stdin open"
        )
