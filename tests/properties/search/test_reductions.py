"""What is smaller than a workload, a step or a number, by one change."""

from itertools import pairwise

import pytest

from faults.payloads import A_LINE, Content, Payload
from faults.server.disconnect_burst import DisconnectBurst, Manner
from faults.server.flooding_client import FloodingClient
from faults.server.killed_children import KillMoment, KillSignal, KillWorker
from properties.model.steps import Inject, Workload, clients, without_faults
from properties.search.reductions import (
    EXACT,
    all_certain,
    bare_faults,
    lower,
    lower_numbers,
    made_certain,
    without_clients,
)
from properties.server.steps import Close, Open, Receive, Send, Silence, asking

RACY = Inject(DisconnectBurst((1, 2), Manner.FIN, frozen=False))
SURE = Inject(DisconnectBurst((1, 2), Manner.FIN, frozen=True))
KILL = Inject(KillWorker(3, KillSignal.KILL, KillMoment.IDLE))


@pytest.mark.parametrize("number", [2, 3, 4, 7, 100, 4097, EXACT])
def test_a_number_is_lowered_boldly_first_and_by_one_last(number: int) -> None:
    less = list(lower_numbers(number))
    assert less[0] == 1
    assert less[-1] == number - 1
    assert all(one < other for one, other in pairwise(less))
    assert len(less) <= 3 * number.bit_length() // 2 + 1


@pytest.mark.parametrize("number", [EXACT + 1, 1 << 20, 3 << 20])
def test_a_large_number_is_halved_or_left(number: int) -> None:
    less = list(lower_numbers(number))
    assert less[0] == 1
    assert less[-1] == number - number // 2


def test_a_plainer_content_is_tried_before_any_shorter_payload() -> None:
    tried = list(lower(Send(1, Payload(Content.ZEROS, 100))))
    assert tried[0] == Send(1, Payload(Content.LINES, 100))
    assert len(tried) > 3


@pytest.mark.parametrize(("least", "most_failures"), [(1, 1), (2, 1), (3, 2), (100, 7), (999, 1)])
def test_the_lowest_number_that_fails_is_found_with_few_failures(
    least: int, most_failures: int
) -> None:
    number, failures = 1000, 0
    while less := next((one for one in lower_numbers(number) if one >= least), None):
        number, failures = less, failures + 1
    assert number == least
    assert failures <= most_failures


@pytest.mark.parametrize("number", [0, 1])
def test_below_one_a_number_is_not_lowered(number: int) -> None:
    assert list(lower_numbers(number)) == []


def test_the_clients_are_those_of_steps_and_faults_in_their_order() -> None:
    assert clients((Open(7), Silence(), Open(3), SURE, KILL, Close(7))) == (7, 3, 1, 2)


def test_without_a_client_goes_what_it_does_and_nothing_that_nobody_does() -> None:
    sent = Send(2, Payload(Content.LINES, 16), 0)
    workload: Workload = (Open(1), Open(2), sent, Silence(), Close(1))
    assert without_clients(workload, frozenset({2})) == (Open(1), Silence(), Close(1))


def test_bare_faults_have_the_clients_that_they_name_and_nothing_that_these_do() -> None:
    sent = Send(3, Payload(Content.LINES, 16), 0)
    workload: Workload = (Open(1), Open(3), Open(4), sent, Receive(3), Silence(), KILL, Close(3))
    assert bare_faults(workload) == (Open(3), KILL)


def test_without_faults_nothing_is_bare() -> None:
    assert bare_faults((Open(1), Silence())) == ()


def test_a_fault_keeps_the_clients_that_are_left_and_at_least_one() -> None:
    (left,) = without_clients((SURE,), frozenset({1}))
    assert left == Inject(DisconnectBurst((2,), Manner.FIN, frozen=True))
    assert without_clients((SURE, KILL), frozenset({1, 2, 3})) == (SURE, KILL)


def test_a_fault_that_may_come_while_the_server_is_frozen_is_made_certain() -> None:
    assert all_certain((Open(1), RACY, KILL, RACY)) == (Open(1), SURE, KILL, SURE)


def test_faults_are_made_certain_one_by_one() -> None:
    changed = {less for less in made_certain((RACY, RACY)) if less != (RACY, RACY)}
    assert changed == {(SURE, RACY), (RACY, SURE)}


def test_clients_of_whom_a_fault_lets_one_wait_ask_for_their_echoes_without_it() -> None:
    flood = Inject(FloodingClient(1, 2))
    assert without_faults((flood,), asking) == (*asking(1), *asking(2))
    assert asking(2) == (Open(2), Send(2, A_LINE), Receive(2))
