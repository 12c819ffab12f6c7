"""How the report counts the finite choices: the plan's, held against what was tried."""

from dataclasses import replace

from properties.model.sweep import CANNOT_BE, DRAWN_SCHEDULES, Answers, Choice, Drawn
from properties.reports import swept
from properties.running.plan import Part, PartKind
from properties.running.run import Run
from properties.server.role import SERVER
from tests.properties.running.test_run import run

CONTROL = SERVER.family("control")


def planned(answers: Answers, **groups: str) -> Run:
    """Return a run whose plan has these values of each group, of which some had their turn."""
    made = run()
    choices = tuple(
        Choice(name.replace("_", " "), value, ()) for name in groups for value in groups[name]
    )
    part = Part(PartKind.SWEEP, "control-sweep-0", CONTROL, 1, len(choices), choices=choices)
    made.parts = (part,)
    made.findings["control"].swept = answers
    return made


def test_each_group_is_counted() -> None:
    made = planned(
        {"errors of accept": {"a": "", "b": ""}, "ends": {"c": ""}}, errors_of_accept="ab", ends="c"
    )
    assert list(swept.lines(made, 100)) == ["", "swept  errors of accept 2 of 2, ends 1 of 1"]


def test_what_was_not_tried_is_told_with_its_reason() -> None:
    made = planned({"ends": {"a": "too few", "b": "too few", "c": "too late"}}, ends="abc")
    assert list(swept.lines(made, 100))[2:] == [
        "not swept  ends: a; b: too few",
        "not swept  ends: c: too late",
    ]


def test_what_no_fault_can_be_made_for_is_counted_by_reason() -> None:
    none = f"{CANNOT_BE}no worker"
    answers = {"killed children": {"a": none, "b": none}, "bursts": {"c": none, "d": ""}}
    made = planned(answers, killed_children="ab", bursts="cd")
    assert list(swept.lines(made, 100))[1:] == [
        "swept  killed children 0 of 2, bursts 1 of 2",
        "not applicable  no worker (3)",
    ]


def test_what_an_early_end_left_out_is_counted_in_the_whole_and_told() -> None:
    made = planned({"ends": {"a": ""}}, ends="abc", moments="de")
    assert list(swept.lines(made, 100))[1:] == [
        "swept  ends 1 of 3, moments 0 of 2",
        "not swept  4 of 5 choices: the run ended before",
    ]


def test_without_a_sweep_nothing_is_said() -> None:
    made = planned({})
    assert list(swept.lines(made, 100)) == []


def test_the_json_output_has_the_counts() -> None:
    made = planned({"ends": {"a": "", "b": "why not"}}, ends="abc")
    assert made.as_json()["sweep"] == [
        {
            "fault": "control",
            "choice": "ends",
            "of": 3,
            "tried": 1,
            "missing": {"b": "why not", "c": "the run ended before"},
        }
    ]


def with_drawn(missing: str = "") -> Run:
    """Return a run with four schedules of one scene, drawn for two depths; some had no turn."""
    made = planned({})
    choices = tuple(Choice(DRAWN_SCHEDULES, value, ()) for value in "abcd")
    part = Part(PartKind.SWEEP, "control-sweep-0", CONTROL, 1, 4, choices=choices)
    made.parts = (part,)
    made.findings["control"].swept = {
        DRAWN_SCHEDULES: {value: "let go" if value in missing else "" for value in "abcd"}
    }
    scene = Drawn("a scene", actors=3, places=40, values={1: ("a", "b", "c"), 2: ("d",)})
    made.settings = replace(made.settings, families=(replace(CONTROL, drawn=(scene,)),))
    return made


def test_what_drawn_schedules_are_worth_is_told_by_their_depth() -> None:
    words = " ".join(line.strip() for line in swept.lines(with_drawn(), 100))
    assert (
        "in each of 1 scenes, of up to 3 actors and 40 places, the drawn schedules would have "
        "shown a mistake of depth 1 with at least 70.37 %, of depth 2 with at least 0.83 %"
    ) in words


def test_schedules_that_had_to_be_let_go_count_for_nothing() -> None:
    made = with_drawn(missing="abcd")
    assert not any("worth" in line for line in swept.lines(made, 100))
    (found,) = made.as_json()["schedules"]
    assert (found["runs"], found["seen_with"]) == ({"1": 0, "2": 0}, {"1": 0.0, "2": 0.0})


def test_a_schedule_of_one_depth_says_nothing_about_another() -> None:
    (found,) = with_drawn(missing="d").as_json()["schedules"]
    assert found["runs"] == {"1": 3, "2": 0}
    assert found["seen_with"]["2"] == 0.0
