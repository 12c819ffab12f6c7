"""Whether there is room for another process."""

import os

import psutil
import pytest

from properties.running.processes import idleness
from properties.running.processes.idleness import SPARE_MEMORY, Idleness


class Machine:
    """What psutil says of a machine."""

    def __init__(self) -> None:
        self.busy = [10.0, 10.0, 100.0]
        self.available = 2 * SPARE_MEMORY

    def cpu_percent(self, *, percpu: bool) -> list[float]:
        """Return how busy each core is."""
        assert percpu
        return self.busy

    def virtual_memory(self) -> "Machine":
        """Return the memory."""
        return self


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine()
    monkeypatch.setattr(psutil, "cpu_percent", made.cpu_percent)
    monkeypatch.setattr(psutil, "virtual_memory", made.virtual_memory)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(idleness, "INTERVAL", 0.0)
    return made


def test_there_is_room_while_the_cores_that_may_be_used_are_idle(machine: Machine) -> None:
    assert Idleness().has_room()
    machine.busy = [100.0, 90.0, 0.0]
    assert not Idleness().has_room()


def test_there_is_no_room_without_memory(machine: Machine) -> None:
    machine.available = SPARE_MEMORY // 2
    assert not Idleness().has_room()


def test_the_cores_are_not_looked_at_all_the_time(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idleness, "INTERVAL", 60.0)
    one = Idleness()
    assert not one.has_room()
    assert 0 < one.until_next_look() <= 60.0
    del machine
