"""An interruption comes through once, and never in the middle of what puts it off."""

import os
import signal
from collections.abc import Iterator

import pytest

from properties.running.process_lifetime import SIGNALS, Interruption


@pytest.fixture
def interruption() -> Iterator[Interruption]:
    """Return one that handles the signals of this process for the while of a test."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    made = Interruption()
    made.catch()
    yield made
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_each_of_the_signals_interrupts(interruption: Interruption, number: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
    assert interruption.came


def test_the_second_signal_of_timeout_belongs_to_the_first(interruption: Interruption) -> None:
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)
    assert interruption.came


def test_what_is_put_off_is_noted(interruption: Interruption) -> None:
    with interruption.put_off():
        os.kill(os.getpid(), signal.SIGHUP)
    assert interruption.came


def test_what_came_while_it_was_put_off_is_let_in_afterwards(interruption: Interruption) -> None:
    with interruption.put_off():
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt), interruption.let_in():
            pass


def test_what_is_let_in_is_put_off_again_afterwards(interruption: Interruption) -> None:
    with interruption.put_off():
        with interruption.let_in():
            pass
        os.kill(os.getpid(), signal.SIGINT)
    assert interruption.came


def test_a_signal_that_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    others = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        made = Interruption()
        made.catch()
        os.kill(os.getpid(), signal.SIGHUP)
        assert not made.came
    finally:
        for number, handler in others.items():
            signal.signal(number, handler)
        signal.signal(signal.SIGHUP, before)
