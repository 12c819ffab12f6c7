"""Programs that tests start can be interrupted, whatever the tests were started by."""

import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.starting import INTERRUPTIONS, interruptible


@pytest.fixture
def in_the_background() -> Iterator[None]:
    """Ignore what a shell has its background jobs ignore."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in INTERRUPTIONS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("in_the_background")
@pytest.mark.parametrize("number", INTERRUPTIONS)
def test_a_program_can_be_interrupted_where_the_tests_cannot(number: signal.Signals) -> None:
    with interruptible():
        process = subprocess.Popen(["sleep", "1000"])
    process.send_signal(number)
    assert process.wait() == -number


@pytest.mark.usefixtures("in_the_background")
def test_what_was_ignored_stays_ignored() -> None:
    with interruptible():
        signal.raise_signal(signal.SIGINT)
    assert {signal.getsignal(number) for number in INTERRUPTIONS} == {signal.SIG_IGN}


def test_what_is_not_ignored_is_left_alone() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with interruptible(), pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
