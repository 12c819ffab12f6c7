"""rehearsal: what is learnt of a server before its schedules are tried."""

from types import SimpleNamespace
from typing import Any

import pytest

from faults.fault import Status
from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.server.schedules import rehearsal
from properties.server.schedules.all_orders import NO_EVENTS
from properties.server.schedules.rehearsal import Learnt, rehearsed
from properties.server.schedules.scenes import SCENES
from target.command import Command
from tests.properties.server_runs import compiled, variant


def learnt(command: Command) -> Learnt:
    """Return what is learnt of a server."""
    return rehearsed(Target("127.0.0.1", command), Rules())


def test_each_scene_of_a_server_that_comes_to_rest_is_tried_to_its_end() -> None:
    found = learnt(variant("epoll_loop"))
    assert [one.scene for one in found.scenes] == list(SCENES)
    assert all(one.ended and one.places for one in found.scenes)
    assert found.events != NO_EVENTS


def test_of_a_server_that_spins_after_one_client_nothing_is_learnt() -> None:
    assert learnt(compiled("eof_spin")) == Learnt((), NO_EVENTS)


def test_of_a_server_that_is_wrong_without_any_schedule_less_is_learnt() -> None:
    found = learnt(compiled("reap_none"))
    assert [one.scene for one in found.scenes] == list(SCENES)
    assert all(one.places for one in found.scenes)
    assert found.events == NO_EVENTS


def test_where_one_schedule_has_no_end_no_other_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    class Endless:
        """A harness whose schedules come to no end."""

        def __init__(self, *_: object) -> None:
            pass

        def run_trial(self, workload: Any) -> Any:
            tried.append(workload)
            history = SimpleNamespace(of=lambda _: ())
            status = (Status.MISSED, "after 600 calls there was no end")
            return SimpleNamespace(
                violated=frozenset(), history=history, fault_status=lambda: status
            )

        def close(self) -> None:
            pass

    monkeypatch.setattr(rehearsal, "ServerHarness", Endless)
    found = learnt(variant("epoll_loop"))
    assert [(one.scene, one.ended) for one in found.scenes] == [(SCENES[0], False)]
    # A plain exchange, and the first schedule of the first scene.
    assert len(tried) == 2
