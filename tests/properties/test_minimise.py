"""The last pass of shrinking leaves nothing that can go."""

from typing import get_type_hints

import pytest

from faults.disconnect_burst import DisconnectBurst, Manner
from faults.fault import Fault, Reading
from faults.payloads import Content, Payload
from faults.registry import FAULTS
from properties.minimise import NAMING_CLIENTS, minimise, renumbered
from properties.steps import Close, Inject, Open, Send, Workload

ALWAYS = lambda: True  # noqa: E731
LARGE: Workload = (
    *(Open(client, Reading.SLOW) for client in range(1, 9)),
    Send(3, Payload(Content.RANDOM, 5000), 7),
    Close(2),
    Inject(DisconnectBurst(tuple(range(3, 9)), Manner.MIXED, frozen=True)),
)


def _ends_two_at_once(workload: Workload) -> bool:
    opened = {step.client for step in workload if isinstance(step, Open)}
    bursts = [step.fault for step in workload if isinstance(step, Inject)]
    return any(
        isinstance(burst, DisconnectBurst) and len(opened & set(burst.clients)) >= 2
        for burst in bursts
    )


def test_every_step_that_is_not_needed_goes_and_every_number_is_lowered() -> None:
    smallest = minimise(LARGE, _ends_two_at_once, ALWAYS)
    first, second = (step.client for step in smallest if isinstance(step, Open))
    assert smallest == (
        Open(first),
        Open(second),
        Inject(DisconnectBurst((first, second), Manner.FIN, frozen=True)),
    )


def test_a_payload_is_lowered_to_the_length_that_matters() -> None:
    def fails(workload: Workload) -> bool:
        return any(isinstance(step, Send) and step.payload.length > 4096 for step in workload)

    (opened, sent) = minimise(LARGE, fails, ALWAYS)
    assert isinstance(opened, Open)
    assert sent == Send(2, Payload(Content.LINES, 4097), 1)


def test_a_workload_keeps_a_client() -> None:
    assert minimise(LARGE, lambda _: True, ALWAYS) == (Open(1),)


def test_without_time_nothing_is_tried() -> None:
    assert minimise(LARGE, _ends_two_at_once, lambda: False) == LARGE


def test_the_clients_that_are_left_are_numbered_from_one() -> None:
    burst = Inject(DisconnectBurst((7, 3), Manner.FIN, frozen=True))
    assert renumbered((Open(3), Open(7), burst)) == (
        Open(1),
        Open(2),
        Inject(DisconnectBurst((2, 1), Manner.FIN, frozen=True)),
    )


@pytest.mark.parametrize("kind", FAULTS, ids=[kind.name for kind in FAULTS])
def test_every_field_that_names_clients_is_known(kind: type[Fault]) -> None:
    hints = get_type_hints(kind).items()
    assert {n for n, hint in hints if "client" in n or hint == tuple[int, ...]} <= NAMING_CLIENTS
