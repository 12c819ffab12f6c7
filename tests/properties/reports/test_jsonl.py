"""The stream of events: each a line of JSON, written at once, and no reader stops the run."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from properties.model.verdict import Outcome
from properties.reports.jsonl import JsonLines
from properties.running.plan import PartKind
from properties.running.progress.parts import PartProgress
from tests.properties.running.test_run import run


class Gone(io.StringIO):
    """A stream whose reader has left."""

    def write(self, _: str) -> int:
        """Fail as the kernel does."""
        raise BrokenPipeError(32, "Broken pipe")


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_workload_is_told_when_it_is_done() -> None:
    written = io.StringIO()
    events = JsonLines(written)
    events.started(run())
    events.progressed(PartProgress("control-0", "control", 3, ("isolation",)))
    _, event = lines(written)
    assert event.pop("time") > 0
    assert event == {
        "event": "workload",
        "fault": "control",
        "part": "test_workloads[control-0]",
        "worker": "",
        "workloads": 3,
        "violated": ["isolation"],
        "levels": {"isolation": "must"},
        "remark": "",
    }


def test_a_plan_that_grows_is_told_and_its_new_parts_have_their_names() -> None:
    written, made = io.StringIO(), run()
    events = JsonLines(written)
    events.started(made)
    (part, *_) = made.parts
    made.parts += (replace(part, id="schedules-sweep-0", kind=PartKind.SWEEP),)
    events.grown(made)
    events.progressed(PartProgress("schedules-sweep-0", "schedules", 1))
    started, grown, workload = lines(written)
    assert (grown["event"], grown["parts"]) == ("grown", started["parts"] + 1)
    assert workload["part"] == "test_sweep[schedules-sweep-0]"


def test_the_end_has_the_exit_status_and_the_whole_result() -> None:
    written, made = io.StringIO(), run(Outcome.PASS)
    JsonLines(written).finished(made, 130)
    (event,) = lines(written)
    assert (event["event"], event["exit_status"]) == ("finished", 130)
    assert event["result"] == json.loads(json.dumps(made.as_json()))


def test_a_reader_that_has_left_is_told_of_once_and_stops_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = JsonLines(Gone())
    for _ in range(3):
        stream.progressed(PartProgress("x", "control", 1))
    assert capsys.readouterr().err.count("can no longer be written") == 1


def test_a_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for _ in range(2):
        stream = JsonLines.to(str(path))
        stream.progressed(PartProgress("x", "control", 1))
        stream.close()
    assert len(path.read_text().splitlines()) == 1
