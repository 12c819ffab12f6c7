"""How the report counts the finite choices."""

from properties.model.sweep import Swept
from properties.reports import swept
from properties.running.run import Run
from tests.properties.running.test_run import run


def with_swept(**groups: Swept) -> Run:
    made = run()
    made.findings["control"].swept.update({name.replace("_", " "): s for name, s in groups.items()})
    return made


def test_each_group_is_counted() -> None:
    lines = list(swept.lines(with_swept(errors_of_accept=Swept(14, 14), ends=Swept(6, 6)), 100))
    assert lines == ["", "swept  errors of accept 14 of 14, ends 6 of 6"]


def test_what_was_not_tried_is_told_with_its_reason() -> None:
    missing = {"a": "too few", "b": "too few", "c": "too late"}
    lines = list(swept.lines(with_swept(ends=Swept(5, 2, missing)), 100))
    assert lines[2:] == ["not swept  ends: a; b: too few", "not swept  ends: c: too late"]


def test_without_a_sweep_nothing_is_said() -> None:
    assert list(swept.lines(run(), 100)) == []


def test_the_json_output_has_the_counts() -> None:
    made = with_swept(ends=Swept(2, 1, {"RST": "why not"}))
    assert made.as_json()["sweep"] == [
        {
            "fault": "control",
            "choice": "ends",
            "of": 2,
            "tried": 1,
            "missing": {"RST": "why not"},
        }
    ]
