"""A grade as text, as JSON, and as Gradescope reads it."""

import json
from dataclasses import replace

from properties.grading.files import as_gradescope, as_json
from properties.grading.grade import Grade, nothing
from properties.grading.rubric import Rubric
from properties.grading.text import whole
from properties.reports.terminal import Terminal
from tests.properties.grading.test_grade import DOUBT, ECHO, LOST, ZOMBIES, grades

RUBRIC = Rubric((replace(ZOMBIES, message="Wait for it."), replace(ECHO, needs=("reaping",))))
HALF = Grade(RUBRIC, grades(*RUBRIC.stages, control__no_zombies=LOST), seconds=7.26)
IN_DOUBT = Grade(RUBRIC, grades(*RUBRIC.stages, control__exact_echo=DOUBT))
NONE = Grade(RUBRIC, nothing(RUBRIC), "it ended\nits last output: \x1b[2J")

OF_RESULTS = {
    "score",
    "execution_time",
    "output",
    "output_format",
    "test_output_format",
    "visibility",
    "tests",
    "extra_data",
}
OF_A_TEST = {"name", "score", "max_score", "status", "output", "output_format", "visibility"}


def shown(grade: Grade) -> str:
    return "\n".join(whole(grade, Terminal.nowhere()))


def test_in_words_each_stage_has_a_line_and_each_loss_its_reason() -> None:
    words = shown(HALF)
    assert "       0 of 5      reaping: no_zombies" in words
    assert "       0 of 10     echo: needs reaping" in words
    assert "       0 of 15     in all" in words
    assert "  Wait for it." in words
    assert "  control x no_zombies, MUST\n  2 zombies" in words


def test_in_words_a_doubt_is_told() -> None:
    words = shown(IN_DOUBT)
    assert "      10 of 10     echo: in doubt, to be looked at by a person" in words
    assert "  control x exact_echo, inconclusive: the machine was too slow" in words


def test_what_a_submission_has_written_does_not_act_on_a_terminal() -> None:
    assert r"\x1b[2J" in shown(NONE)
    assert "\x1b" not in shown(NONE) + as_gradescope(NONE)


def test_the_json_object_has_every_loss_and_every_doubt() -> None:
    data = json.loads(as_json(HALF))
    assert (data["score"], data["max_score"], data["in_doubt"]) == (0, 15, [])
    reaping, echo = data["stages"]
    assert reaping["losses"][0]["reason"] == "2 zombies"
    assert echo["needs"] == ["reaping"]
    doubtful = json.loads(as_json(IN_DOUBT))
    assert doubtful["in_doubt"] == ["echo"]
    assert doubtful["stages"][1]["undecided"][0]["verdict"] == "inconclusive"


def test_gradescope_gets_what_it_knows_and_nothing_else() -> None:
    data = json.loads(as_gradescope(HALF))
    assert set(data) == OF_RESULTS
    assert all(set(test) == OF_A_TEST for test in data["tests"])
    assert data["score"] == sum(test["score"] for test in data["tests"])
    assert data["execution_time"] == 7
    first, second = data["tests"]
    assert (first["name"], first["max_score"], first["status"]) == ("reaping", 5, "failed")
    assert "2 zombies" in first["output"]
    assert "no points without those of reaping" in second["output"]


def test_gradescope_is_told_why_a_program_could_not_be_tested() -> None:
    data = json.loads(as_gradescope(NONE))
    assert data["score"] == 0
    assert data["output"].startswith("it ended\n")


def test_a_hidden_stage_is_hidden_from_students() -> None:
    rubric = Rubric((replace(ECHO, visibility="hidden"),))
    data = json.loads(as_gradescope(Grade(rubric, grades(*rubric.stages))))
    assert [test["visibility"] for test in data["tests"]] == ["hidden"]
