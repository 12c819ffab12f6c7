"""Standard output that fails: a full disk, a reader that has gone."""

import pytest

from faults.client.output_fails import FailOutput
from faults.client_context import OutputFailure
from faults.fault import Status
from faults.payloads import A_LINE
from properties.client.events import Complained, Exited, OutputFailed, Printed
from properties.client.steps import Accept, Answer, Type
from properties.model.history import History
from target import client_handle
from tests.faults.client_runs import REFUSED, became_of, history_of

EXCHANGE = (Type(A_LINE), Answer())


def last_words(made: History) -> str:
    return "".join(event.text for event in made.of(Complained))


def test_on_a_full_disk_the_client_is_told_that_there_is_no_room() -> None:
    made = history_of(FailOutput(OutputFailure.FULL))
    assert "cannot write to standard output: No space left on device" in last_words(made)
    assert next(made.of(Exited)).status == 1
    assert not any(made.of(Printed))


def test_without_a_reader_the_client_is_told_of_a_broken_pipe() -> None:
    made = history_of(FailOutput(OutputFailure.READER_GONE))
    assert "cannot write to standard output: Broken pipe" in last_words(made)
    assert next(made.of(Exited)).status == 1


def test_the_reader_may_go_after_the_first_echo() -> None:
    made = history_of(*EXCHANGE, FailOutput(OutputFailure.READER_GONE))
    assert next(made.of(Printed)).total == A_LINE.length
    assert next(made.of(OutputFailed)).answered == A_LINE.length
    assert next(made.of(Exited)).status == 1


@pytest.mark.parametrize("failure", OutputFailure)
def test_it_happens_when_the_client_has_read_the_echo(failure: OutputFailure) -> None:
    status, words = became_of(FailOutput(failure))
    assert (status, words) == (Status.FIRED, f"an echo came: {failure.value}")


def test_a_disk_that_is_full_later_comes_too_late() -> None:
    status, words = became_of(Accept(), FailOutput(OutputFailure.FULL))
    assert status is Status.MISSED
    assert "comes first" in words


def test_it_needs_a_client_that_is_connected() -> None:
    status, words = became_of(REFUSED, FailOutput(OutputFailure.READER_GONE))
    assert (status, words) == (Status.MISSED, "the client was not connected")


def test_without_a_full_device_there_is_no_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_handle, "FULL_DEVICE", "/dev/no-such-device")
    status, words = became_of(FailOutput(OutputFailure.FULL))
    assert (status, words) == (Status.IMPOSSIBLE, "there is no /dev/full here")
