"""The services with a name: judged on a server that keeps to each, and on one that does not."""

from dataclasses import replace

import pytest

from faults.payloads import A_LINE, Content, Payload
from properties.model.oracle import Service
from properties.model.settings import Rules
from properties.model.verdict import Outcome
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.events import Closed, Ended, Sent, Stalled
from properties.server.steps import HalfClose, Open, Receive, Reset, Send
from properties.services.builtin import LONGEST_LINE, as_lines
from properties.services.registry import SERVICES
from tests.properties.server_runs import PATIENCE, in_doubt, run, script, verdicts, violated

WORKLOAD = (
    Open(1),
    Send(1, A_LINE),
    Receive(1),
    Open(2),
    Send(2, Payload(Content.DIGITS, 2500), 999),
    Receive(2),
    HalfClose(1),
    Open(3),
    Send(3, A_LINE),
    Receive(3),
    Reset(3),
)
CALM = WORKLOAD[:-1]

HASTY = 1.0
"""Seconds for what does not come."""


def rules(name: str) -> Rules:
    return Rules(patience=PATIENCE, service=service(name))


def service(name: str) -> Service:
    return SERVICES[name]()


@pytest.mark.parametrize("name", ["discard", "chargen", "lines", "daytime", "time"])
def test_a_server_that_keeps_to_its_service_conforms(name: str) -> None:
    history = run(WORKLOAD, script("services.py", name), rules(name))
    assert in_doubt(history) == {}


@pytest.mark.parametrize("name", ["echo", "discard", "lines", "daytime", "time"])
def test_whatever_a_server_answers_it_conforms_where_nothing_is_known(name: str) -> None:
    history = run(WORKLOAD, script("services.py", name), rules("none"))
    assert in_doubt(history) == {}
    found = verdicts(history)
    assert found["exact_echo"].outcome is Outcome.NOT_APPLICABLE
    assert found["listener_survives"].outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("kept", "asked"), [("echo", "discard"), ("discard", "lines"), ("daytime", "time")]
)
def test_a_server_of_another_service_is_found(kept: str, asked: str) -> None:
    history = run(CALM, script("services.py", kept), replace(rules(asked), patience=HASTY))
    assert "exact_echo" in violated(history)


def test_a_time_that_is_cut_short_is_found() -> None:
    history = run((Open(1), Receive(1)), script("services.py", "short_time"), rules("time"))
    assert violated(history) == ["exact_echo"]


def test_a_discarding_server_that_answers_a_fin_with_a_reset_is_found() -> None:
    history = run((Open(1), Send(1, A_LINE)), script("services.py", "resets"), rules("discard"))
    assert "clean_eof" in violated(history)


@pytest.mark.parametrize("way", ["chargen_that_ends", "chargen_that_stops"])
def test_a_server_that_sends_some_and_not_without_end_is_found(way: str) -> None:
    hasty = replace(rules("chargen"), patience=HASTY)
    history = run((Open(1), Send(1, A_LINE), Receive(1)), script("services.py", way), hasty)
    assert "exact_echo" in violated(history)


def test_a_client_of_a_server_that_sends_without_end_closes_with_bytes_unread() -> None:
    history = run((Open(1), HalfClose(1)), script("services.py", "chargen"), rules("chargen"))
    assert not any(history.of(Ended))
    assert any(closed.unread for closed in history.of(Closed))


def test_nothing_is_sent_to_a_server_that_only_speaks() -> None:
    history = run(WORKLOAD, script("services.py", "time"), rules("time"))
    assert not any(history.of(Sent))


def test_lines_are_text_of_bounded_length() -> None:
    text = b"".join(as_lines(Payload(Content.ZEROS, 2500), 1))
    assert len(text) == 2500
    assert text.endswith(b"\n")
    assert max(map(len, text.splitlines(keepends=True))) == LONGEST_LINE
    assert b"\0" not in text


def test_a_client_that_gets_no_answer_waits_until_it_was_read() -> None:
    hasty = replace(rules("discard"), patience=HASTY)
    history = run((Open(1),), script("services.py", "reads_nothing"), hasty)
    waits = [one.awaited for one in history.of(Stalled) if one.client == FIRST_EXCHANGE]
    assert waits == ["echo", "end"]
    assert "clean_eof" in violated(history)
