"""Trying a server out before a run: whether it starts, and whether it can be connected to."""

from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.connection_records import connection_records
from properties.server.events import ListenerEnded, OpenFailed
from properties.server.harness import ServerHarness
from target.errors import TargetError


def probe_server(target: Target, rules: Rules) -> None:
    """Start the server once, or connect to its address, before anything is distributed.

    Raises TargetError, in words for the user, when there is nothing to test.
    """
    harness = ServerHarness(target, rules)
    try:
        trial = harness.run_trial(())
    finally:
        harness.close()
    record = connection_records(trial.history).get(FIRST_EXCHANGE)
    # A server that ends at its first client can be connected to, and is judged for that.
    if record is not None and record.failed and not any(trial.history.of(ListenerEnded)):
        raise TargetError(_unreachable(target, record.failed))


def _unreachable(target: Target, failed: OpenFailed) -> str:
    if target.command is not None:
        return (
            f"the server {target} listens, but no connection to it can be made: {failed.reason}; "
            "look at the loopback interface, the routes and the firewall of this machine"
        )
    start_it = "; start the server first, or give its command instead" if failed.refused else ""
    return f"no server can be reached at {target}: {failed.reason}{start_it}"
