"""What anechoic finds in clients that this project did not write, and why that is right.

Each row states the verdict and its reason, from the client's documentation, or from the system
calls that it was seen to make (`clients.py` has the details). Clients that are not installed are
skipped; `.ci/install-servers` installs them.

Hardly any of them was written to tell its user how a connection ended, and none conforms. What is
asked of each is asked by UNP 5.12 to 5.15 and 6.5 to 6.7, and the kernel shows all of them the same
(`properties/peer/wire.py`).
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from faults.fault import Fault
from faults.freeze_client import FreezeClient
from faults.payloads import Content, Payload
from faults.peer_fin import FinManner, PeerFin
from faults.peer_reset import PeerReset, ResetManner
from properties import cases
from properties.cases import Case
from properties.peer.invariants.registry import CLIENT_INVARIANTS
from properties.peer.steps import Accept, Answer, EndInput, Terminal, Type
from properties.role import CLIENT
from properties.steps import Inject, Step
from tests.end_to_end.runs import finished

from .clients import CLIENTS, missing

ENDINGS = ("peer_fin", "peer_reset")
"""The families in which the server ends early."""

CONFORMS = 0
VIOLATES = 1

A_LINE = Payload(Content.LINES, 24)


@dataclass(frozen=True)
class Expectation:
    """What is to be found in one client.

    `violated` must be found, `allowed` may be found beside it: what not every run comes upon.
    """

    identifier: str
    violated: frozenset[str]
    allowed: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ENDINGS
    examples: int = 4


def _violates(
    identifier: str, violated: str, allowed: str = "", *, faults: str = "", examples: int = 4
) -> Expectation:
    return Expectation(
        identifier,
        frozenset(violated.split()),
        frozenset(allowed.split()),
        tuple(faults.split()) or ENDINGS,
        examples,
    )
