"""The finite choices of a client show mistakes that a drawn workload meets by luck."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.client.peer_fin import PeerFin
from properties.client.generation.sweep import of_fault, traffic
from properties.client.harness import ClientHarness
from properties.model.settings import Rules
from properties.model.sweep import Choice
from properties.model.target_spec import RoleName, Target
from target.command import Command

PROGRAM = Path(__file__).parents[2] / "servers" / "mangling_client.py"
HOST = "127.0.0.1"


def contents() -> Iterator[Choice]:
    """Return the choices of what is typed."""
    return (one for one in traffic() if one.group == "contents")


def lengths() -> Iterator[Choice]:
    """Return the choices of how long one line is."""
    return (one for one in traffic() if one.group == "lengths of a line" and "512" in one.value)


def ends() -> Iterator[Choice]:
    """Return the ends by FIN after the input, while the client is stopped."""
    return (one for one in of_fault(PeerFin) if "after the input" in one.value)


def violated(mistake: str, choices: Iterator[Choice]) -> set[str]:
    """Return what a client with this mistake violates in any of the choices."""
    words = (sys.executable, "-I", "-S", str(PROGRAM), "{host}", "{port}", *mistake.split())
    target = Target(HOST, Command(words), role=RoleName.CLIENT)
    harness = ClientHarness(target, Rules(patience=10.0))
    try:
        return {name for one in choices for name in harness.run_trial(one.workload).violated}
    finally:
        harness.close()


@pytest.mark.parametrize(
    ("mistake", "choices", "invariant"),
    [
        ("leading", contents, "exact_output"),
        ("escape", contents, "exact_output"),
        ("doubled", contents, "exact_output"),
        ("full", lengths, "exact_output"),
        ("lines", ends, "reports_eof"),
        ("early", ends, "no_data_lost_at_eof"),
    ],
)
def test_a_mistake_shows_in_a_choice(
    mistake: str, choices: Callable[[], Iterator[Choice]], invariant: str
) -> None:
    assert invariant in violated(mistake, choices())


@pytest.mark.parametrize("choices", [contents, lengths, ends])
def test_a_client_that_is_right_violates_nothing_there(
    choices: Callable[[], Iterator[Choice]],
) -> None:
    assert violated("", choices()) == set()
