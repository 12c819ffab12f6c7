"""How far a run goes: its workloads, its time, its processes."""

import os
import re
from typing import Any

import pytest

from properties.model.target_spec import Target
from properties.running.errors import UsageError
from properties.running.extent import (
    CLIENTS_A_CORE,
    IN_XDIST,
    MOST_A_CORE,
    bounded,
    cores,
    extent_of,
    seconds_in,
    usual_workers,
)
from properties.running.keywords import settings_from
from properties.running.option_list import Options
from properties.running.preflight import why_not_swept
from properties.running.settings import settings_of
from target.chamber import Network


@pytest.fixture(autouse=True)
def _outside_of_xdist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(IN_XDIST, raising=False)


def test_in_a_worker_of_xdist_one_process_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(IN_XDIST, "gw0")
    assert usual_workers(Target.client()) == 1


@pytest.mark.parametrize(
    ("time", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2h", 7200), ("0.5s", 0.5)]
)
def test_a_time_is_read(time: str, seconds: float) -> None:
    assert seconds_in(time) == seconds


@pytest.mark.parametrize("time", ["", "soon", "0", "-3s", "10 m", "1d"])
def test_what_is_no_time_is_refused(time: str) -> None:
    with pytest.raises(UsageError, match="--max-time"):
        seconds_in(time)


def test_all_cores_that_may_be_used_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 7})
    assert cores() == 3
    assert usual_workers(Target.server()) == 3
    assert usual_workers(Target.client()) == 3 * CLIENTS_A_CORE


def test_one_process_is_used_where_there_is_one_server_or_one_port() -> None:
    assert usual_workers(Target.address("127.0.0.1:7")) == 1
    assert usual_workers(Target.server("./mine", port=9877)) == 1


def test_a_fixed_port_is_there_once_in_each_private_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    monkeypatch.delenv(IN_XDIST, raising=False)
    fixed = Target.server("./mine", port=9877)
    assert usual_workers(fixed, Network.OWN) == 3


@pytest.mark.parametrize(
    ("asked", "workers"), [("1", 1), ("0", 1), ("5", 5), ("auto", cores()), (None, cores())]
)
def test_the_user_says_how_many(asked: str | None, workers: int) -> None:
    assert extent_of(Options(workers=asked), settings_from(Target.server())).workers == workers


def test_more_processes_than_a_port_has_room_for_are_refused() -> None:
    settings = settings_from(Target.server("./mine 7777", port=7777), seed=1)
    with pytest.raises(UsageError, match="-n 2: one server at a time can have port 7777"):
        extent_of(Options(workers="2"), settings)
    assert extent_of(Options(workers="1"), settings).workers == 1


def test_a_quick_run_has_few_workloads_and_says_so() -> None:
    options = bounded(Options(quick=True))
    left_out = extent_of(options, settings_of(options)).left_out
    made, whole = map(int, re.findall(r"\d+", left_out)[:2])
    assert 0 < made < whole / 2


def test_with_a_time_the_number_of_workloads_does_not_end_a_run() -> None:
    assert (bounded(Options(max_time="9s")).max_examples or 0) > 1000


@pytest.mark.parametrize(
    "options",
    [
        Options(quick=True, max_time="9s"),
        Options(quick=True, max_examples=3),
        Options(max_time="9s", max_examples=3),
    ],
)
def test_what_contradicts_each_other_is_refused(options: Options) -> None:
    with pytest.raises(UsageError, match="give one of"):
        bounded(options)


def test_only_where_the_user_does_not_say_how_many_there_may_be_more_later() -> None:
    usual = extent_of(Options(), settings_from(Target.server()))
    assert usual.at_first == min(usual.workers, cores())
    assert usual.most_workers == max(usual.workers, MOST_A_CORE * cores()) or cores() == 1
    assert extent_of(Options(workers="2"), settings_from(Target.server())).most_workers == 2
    assert extent_of(Options(), settings_from(Target.address("127.0.0.1:7"))).most_workers == 1


def test_a_slow_rate_leaves_out_the_finite_choices_and_says_so() -> None:
    slow = settings_from(Target.server(), max_rate=2.0)
    assert why_not_swept(slow) == (
        "no finite choice was swept: with --max-rate 2 that would take too long"
    )


@pytest.mark.parametrize("given", [{}, {"max_rate": 50.0}, {"no_sweep": True}])
def test_where_they_are_swept_or_the_user_left_them_out_nothing_is_said(
    given: dict[str, Any],
) -> None:
    assert why_not_swept(settings_from(Target.server(), **given)) == ""
