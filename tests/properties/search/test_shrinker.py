"""The last pass of shrinking leaves nothing that can go."""

from dataclasses import fields
from typing import Any, get_type_hints

import pytest

from faults.fault import NAMES_CLIENTS, Reading
from faults.payloads import Content, Payload
from faults.registry import FAULTS
from faults.server.disconnect_burst import DisconnectBurst, Manner
from properties.model.steps import Inject, Workload
from properties.search.reductions import renumbered
from properties.search.shrinker import minimise, take_out
from properties.server.steps import Close, Open, Send, Silence

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
    assert sent == Send(1, Payload(Content.LINES, 4097), 1)


MANY: Workload = (
    *(step for n in range(1, 81) for step in (Open(n), Send(n, Payload(Content.LINES, 16), 0))),
    Silence(),
    *(Close(number) for number in range(1, 81)),
)


def test_a_defect_that_takes_long_to_show_needs_to_show_only_a_few_times() -> None:
    shown: list[Workload] = []

    def cuts_off_a_silent_client(workload: Workload) -> bool:
        silent = workload.index(Silence()) if Silence() in workload else 0
        fails = any(isinstance(step, Open) for step in workload[:silent])
        shown.extend([workload] if fails else [])
        return fails

    assert minimise(MANY, cuts_off_a_silent_client, ALWAYS) == (Open(1), Silence())
    assert len(shown) <= 10


def test_the_runs_grow_with_the_length_and_not_with_its_square() -> None:
    runs: list[Workload] = []

    def needs_every_second_step(workload: Workload) -> bool:
        runs.append(workload)
        return sum(isinstance(step, Open) for step in workload) == 80

    assert len(minimise(MANY, needs_every_second_step, ALWAYS)) == 80
    assert len(runs) <= 6 * len(MANY)


def test_a_race_is_made_certain_before_its_clients_are_taken_away() -> None:
    racy = Inject(DisconnectBurst(tuple(range(1, 9)), Manner.FIN, frozen=False))

    def fails(workload: Workload) -> bool:
        frozen = any(isinstance(s, Inject) and getattr(s.fault, "frozen", False) for s in workload)
        opened = sum(isinstance(step, Open) for step in workload)
        return _ends_two_at_once(workload) and (frozen or opened >= 6)

    left = take_out((*(Open(n) for n in range(1, 9)), racy), fails, ALWAYS)
    assert len(left) == 3


def test_taking_out_lowers_no_number() -> None:
    sent = Send(1, Payload(Content.RANDOM, 5000), 7)
    workload = (Open(1), Open(2), sent)
    assert take_out(workload, lambda w: sent in w, ALWAYS) == (Open(1), sent)


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
def test_every_field_that_names_clients_is_known(kind: Any) -> None:
    hints = get_type_hints(kind)
    names = {one.name for one in fields(kind)}
    marked = {one.name for one in fields(kind) if one.metadata == NAMES_CLIENTS}
    assert {n for n in names if "client" in n or hints[n] == tuple[int, ...]} <= marked


def test_what_is_tried_first_is_the_fault_with_the_clients_that_it_names() -> None:
    tried: list[Workload] = []

    def fails(workload: Workload) -> bool:
        tried.append(workload)
        return any(isinstance(step, Inject) for step in workload)

    take_out(LARGE, fails, ALWAYS)
    assert tried[0] == renumbered((*LARGE[2:8], LARGE[-1]))
