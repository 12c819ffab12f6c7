"""The book's programs with their peers on another host: each fails as before, or conforms."""

import sys

import pytest

from faults.client.peer_fin import FinManner, PeerFin
from faults.payloads import A_LINE
from faults.server.disconnect_burst import DisconnectBurst, Manner
from faults.wire import wire
from properties.client.harness import ClientHarness
from properties.client.steps import Answer, Type
from properties.model.events import Carried
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.model.target_spec import RoleName, Target
from properties.model.trial import Trial
from properties.server.harness import ServerHarness
from target.chamber import Network
from target.command import Command
from tests.chambers import inside, needs_a_chamber
from tests.faults.contexts import around
from tests.properties.server_runs import HOST, PATIENCE, rung

pytestmark = needs_a_chamber

BURST: Workload = around(DisconnectBurst((1, 2, 3), Manner.FIN, frozen=True), 1, 2, 3)
ENDED: Workload = (Type(A_LINE), Answer(), Inject(PeerFin(FinManner.CLOSE, frozen=False)))
RULES = Rules(patience=PATIENCE, network=Network.WIRE)


def client(program: str) -> Command:
    """Return the command of one of the book's clients."""
    return Command((sys.executable, "-P", "-m", f"target.{program}", "{host}", "{port}"))


def violated(trial: Trial) -> list[str]:
    assert any(trial.history.of(Carried)), "nothing came over the wire"
    return sorted(trial.violated)


@pytest.mark.parametrize(
    ("program", "names"),
    [
        ("tcpserv01", ["no_zombies"]),
        ("tcpserv02", ["listener_survives"]),
        ("tcpserv03", ["no_zombies"]),
        ("tcpserv04", []),
    ],
)
def test_a_server_of_the_ladder(program: str, names: list[str]) -> None:
    def tried() -> list[str]:
        harness = ServerHarness(Target(HOST, rung(program)), RULES)
        try:
            return violated(harness.run_trial(BURST))
        finally:
            harness.close()

    assert inside(tried, with_rights=wire.stand_by) == names


@pytest.mark.parametrize(
    ("program", "names"), [("tcpcli01", ["notices_eof"]), ("tcpcli", []), ("tcpcli04", [])]
)
def test_a_client_of_the_ladder(program: str, names: list[str]) -> None:
    def tried() -> list[str]:
        target = Target(HOST, client(program), role=RoleName.CLIENT)
        return violated(ClientHarness(target, RULES).run_trial(ENDED))

    assert inside(tried, with_rights=wire.stand_by) == names
