"""An interruption comes through once, and never in the middle of what puts it off."""

import gc
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from properties.running import process_lifetime
from properties.running.process_lifetime import SIGNALS, Interruption


@pytest.fixture
def interruption() -> Iterator[Interruption]:
    """Return one that handles the signals of this process for the while of a test."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    hook, alarm = sys.unraisablehook, signal.getsignal(signal.SIGALRM)
    made = Interruption()
    made.catch()
    yield made
    sys.unraisablehook = hook
    for number, handler in {**before, signal.SIGALRM: alarm}.items():
        signal.signal(number, handler)


@contextmanager
def called_by_the_collector(act: Callable[[], None]) -> Iterator[None]:
    """Have the garbage collector call `act` where it can raise nothing, once, and collect."""

    def callback(phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            gc.callbacks.remove(callback)
            act()

    gc.callbacks.append(callback)
    gc.collect(0)
    yield


@pytest.mark.parametrize("number", SIGNALS)
def test_each_of_the_signals_interrupts(interruption: Interruption, number: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    assert interruption.came


def test_the_second_signal_of_timeout_belongs_to_the_first(interruption: Interruption) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)
    assert interruption.came


def kill_ourselves() -> None:
    """Send this process SIGTERM; the handler runs before this returns."""
    signal.raise_signal(signal.SIGTERM)


def test_one_that_cannot_be_raised_is_raised_soon_after(
    interruption: Interruption, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt), called_by_the_collector(kill_ourselves):
        select.select([], [], [], 20)
    assert interruption.came
    assert capfd.readouterr().err == ""


def test_one_that_could_not_be_raised_is_put_off_as_well(
    interruption: Interruption, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A collection may take longer than the usual timer.
    monkeypatch.setattr(process_lifetime, "AGAIN", 0.5)
    with called_by_the_collector(kill_ourselves), interruption.put_off():
        assert signal.getitimer(signal.ITIMER_REAL)[0]
        while signal.getitimer(signal.ITIMER_REAL)[0]:
            select.select([], [], [], 0.01)
    assert interruption.came


def test_what_is_put_off_is_noted(interruption: Interruption) -> None:
    with interruption.put_off():
        signal.raise_signal(signal.SIGHUP)
    assert interruption.came


def test_what_came_while_it_was_put_off_is_let_in_afterwards(interruption: Interruption) -> None:
    with interruption.put_off():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt), interruption.let_in():
            pass


def test_what_is_let_in_is_put_off_again_afterwards(interruption: Interruption) -> None:
    with interruption.put_off():
        with interruption.let_in():
            pass
        signal.raise_signal(signal.SIGINT)
    assert interruption.came


def test_a_signal_that_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    others = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        made = Interruption()
        made.catch()
        signal.raise_signal(signal.SIGHUP)
        assert not made.came
    finally:
        for number, handler in others.items():
            signal.signal(number, handler)
        signal.signal(signal.SIGHUP, before)
