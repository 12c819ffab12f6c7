"""Before a run the first connection shows whether there is anything to test."""

import errno
import os
from pathlib import Path

import pytest

from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.model.verdict import Outcome
from properties.server.clients.client_socket import Handshake
from properties.server.harness import ServerHarness
from properties.server.probing import probe_server
from target.command import REFERENCE
from target.errors import TargetError
from tests.faults.contexts import served
from tests.properties.server_runs import HOST, PATIENCE, compiled

CUT_OFF = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EPERM, errno.EADDRNOTAVAIL)


def fail_with(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every handshake fail so, as without a route or behind a firewall."""

    def look(handshake: Handshake) -> bool:
        handshake.error = number
        return False

    monkeypatch.setattr(Handshake, "look", look)


@pytest.mark.parametrize("number", CUT_OFF, ids=errno.errorcode.get)
def test_a_server_that_cannot_be_connected_to_is_not_tested(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(number, monkeypatch)
    words = f"listens, but no connection to it can be made: {os.strerror(number)}"
    with pytest.raises(TargetError, match=words):
        probe_server(Target(HOST, REFERENCE), Rules(patience=PATIENCE))


def test_a_server_that_dies_of_a_client_is_tested(tmp_path: Path) -> None:
    probe_server(Target(HOST, compiled("dies_of_reset")), Rules(patience=PATIENCE))


@pytest.mark.parametrize("number", CUT_OFF, ids=errno.errorcode.get)
def test_without_a_connection_no_invariant_passes_and_none_is_violated(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(number, monkeypatch)
    harness = ServerHarness(Target(HOST, REFERENCE), Rules(patience=PATIENCE))
    trial = harness.run_trial(served(1))
    harness.close()
    outcomes = {verdict.outcome for verdict in trial.verdicts.values()}
    assert outcomes <= {Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE}
