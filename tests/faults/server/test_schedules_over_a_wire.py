"""schedules: what a client does has arrived before anything else goes on, however long it takes."""

import pytest

from faults.scheduling.deeds import Deed, What
from faults.scheduling.priorities import SERVER
from faults.server.schedules import Schedule
from faults.wire import wire
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.model.target_spec import Target
from properties.server.harness import ServerHarness
from properties.server.schedules.events import Scheduled
from target.chamber import Network
from target.command import REFERENCE
from tests.chambers import inside, needs_a_chamber
from tests.properties.server_runs import HOST, PATIENCE

pytestmark = needs_a_chamber

RULES = Rules(patience=PATIENCE, network=Network.WIRE)


def turns(*deeds: What) -> list[str]:
    """Return what goes on, in order, where the server goes first as soon as it can."""
    schedule = Schedule(tuple(Deed(1, what) for what in deeds), order=(SERVER,))

    def tried() -> list[str]:
        harness = ServerHarness(Target(HOST, REFERENCE), RULES)
        try:
            (event,) = harness.run_trial((Inject(schedule),)).history.of(Scheduled)
        finally:
            harness.close()
        return [f"{one.actor}: {one.call}" for one in event.turns]

    return inside(tried, with_rights=wire.stand_by)


@pytest.mark.parametrize("last", [What.HALF_CLOSE, What.CLOSE, What.RESET])
def test_what_a_client_does_arrives_before_it_goes_on(last: What) -> None:
    found = turns(What.CONNECT, What.SEND, last)
    assert found[:3] == ["c1: connect", "listener: accept", "listener: fork"]
    after_line, after_end = found.index("c1: send") + 1, found.index(f"c1: {last.value}") + 1
    assert found[after_line] == "worker 1: write"
    assert found[after_end].startswith("worker 1: ")
