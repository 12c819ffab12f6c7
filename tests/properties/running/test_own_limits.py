"""With little that we may use fewer clients connect; with hardly anything there is no run."""

from dataclasses import replace

import pytest

from properties.model.settings import Limits
from properties.running.errors import UsageError
from properties.running.processes import own_limits
from properties.running.processes.own_limits import DESCRIPTORS, TASKS, fitted, most_workers
from target import limits
from tests.properties.running.test_settings import settings


@pytest.fixture(autouse=True)
def enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have enough of everything."""
    monkeypatch.setattr(limits, "descriptors_left", lambda: 1000)
    monkeypatch.setattr(limits, "tasks_left", lambda: None)
    monkeypatch.setattr(limits, "memory_left", lambda: None)


def test_with_enough_of_everything_nothing_is_changed() -> None:
    asked = settings()
    assert fitted(asked) == (asked, "")


def test_with_few_descriptors_fewer_clients_connect_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "descriptors_left", lambda: DESCRIPTORS + 12)
    fewer, words = fitted(settings())
    assert fewer.rules.limits.connections == 12
    assert words.startswith("no more than 12 clients at once: ")
    assert "ulimit -n" in words


def test_fewer_that_were_asked_for_stay_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "descriptors_left", lambda: DESCRIPTORS + 12)
    asked = settings()
    asked = replace(asked, rules=replace(asked.rules, limits=Limits(connections=8)))
    assert fitted(asked) == (asked, "")


def test_with_few_processes_fewer_clients_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    left = 2 * (TASKS + own_limits.A_CLIENT * 10)
    monkeypatch.setattr(limits, "tasks_left", lambda: (left, "RLIMIT_NPROC is 300"))
    fewer, words = fitted(settings())
    assert fewer.rules.limits.connections == 10
    assert "RLIMIT_NPROC is 300" in words
    assert most_workers() == 1


def test_with_hardly_any_descriptors_there_is_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "descriptors_left", lambda: 30)
    with pytest.raises(UsageError, match=r"no room for 4 clients .* 30 more descriptors"):
        fitted(settings())


def test_with_hardly_any_processes_there_is_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "tasks_left", lambda: (20, "RLIMIT_NPROC is 60 (ulimit -u)"))
    with pytest.raises(UsageError, match=r"20 more processes may be made: RLIMIT_NPROC is 60"):
        fitted(settings())


def test_with_hardly_any_memory_there_is_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "memory_left", lambda: 40 << 20)
    with pytest.raises(UsageError, match="only 40 MiB of memory"):
        fitted(settings())


def test_the_processes_of_ours_leave_half_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    one = TASKS + own_limits.A_CLIENT * own_limits.MOST_CLIENTS
    monkeypatch.setattr(limits, "tasks_left", lambda: (2 * 3 * one, "RLIMIT_NPROC"))
    assert most_workers() == 3
