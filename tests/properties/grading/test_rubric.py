"""Rubrics: what they may hold, and what is said of one that is wrong."""

from pathlib import Path

import pytest

from properties.grading.rubric import READY, read
from properties.model.levels import Level
from properties.running.errors import UsageError

STAGE = """\
[[stage]]
name = "echo"
points = 10
families = ["control"]
invariants = ["exact_echo"]
"""


def written(folder: Path, content: str) -> Path:
    path = folder / "rubric.toml"
    path.write_text(content)
    return path


def test_the_ready_one_has_a_hundred_points_and_a_message_for_each_stage() -> None:
    rubric = read(READY)
    assert sum(stage.points for stage in rubric.stages) == 100
    assert all(stage.message for stage in rubric.stages)
    assert "control" in rubric.families


def test_the_ready_one_has_the_stages_of_the_chapter() -> None:
    assert [stage.name for stage in read(READY).stages] == [
        "echo",
        "still there",
        "many clients",
        "half-close",
        "reaping",
        "EINTR",
        "aborted connections",
        "killed children",
        "EOF against RST",
        "short counts",
        "descriptors",
        "clean stop",
        "host crash",
    ]


def test_what_stands_at_the_top_is_for_all_stages_that_do_not_say_otherwise(tmp_path: Path) -> None:
    other = STAGE.replace('"echo"', '"other"') + 'level = "may"\n'
    rubric = read(written(tmp_path, f'level = "should"\ndoubt = "excluded"\n{STAGE}{other}'))
    assert [(one.level, one.doubt) for one in rubric.stages] == [
        (Level.SHOULD, "excluded"),
        (Level.MAY, "excluded"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "write each stage as a table [[stage]]; there is none"),
        ("stage = 3\n", "write each stage as a table [[stage]]"),
        ("colour = 1\n" + STAGE, "there is no 'colour'; known are title, seconds, processes"),
        ("seconds = 0\n" + STAGE, "seconds = 0 must be a number from 1 to 86,400"),
        ("seconds = true\n" + STAGE, "seconds = True must be a whole number"),
        ("memory = 1\n" + STAGE, "memory = 1 must be a number from 16 to 1,048,576"),
        ('credit = "half"\n' + STAGE, "credit = 'half' must be one of all, each"),
        (STAGE.replace("points", "marks"), "entry 1: points is missing"),
        (STAGE + "marks = 3\n", "entry 1: there is no 'marks'; known are name, points"),
        (STAGE.replace("10", "-1"), "entry 1: points = -1 must be from 0 to 1,000,000"),
        (STAGE.replace("10", "nan"), "entry 1: points = nan must be from 0 to 1,000,000"),
        (STAGE.replace("10", '"ten"'), "entry 1: points = 'ten' must be a number"),
        (STAGE.replace("10", "0"), "all stages have 0 points"),
        (STAGE.replace('"exact_echo"', "7"), "must be a list of names in quotes"),
        (STAGE.replace('"exact_echo"', ""), "name at least one of families and of invariants"),
        (STAGE.replace("exact_echo", "echo"), "invariants: no such name: 'echo'; there are exact"),
        (STAGE.replace("control", "quiet"), "families: no such name: 'quiet'; there are control"),
        (STAGE + 'needs = ["more"]\n', "needs: no stage before it: 'more'; there are none"),
        (
            STAGE.replace('"control"', '"control", "stops", "control"'),
            "entry 1: families: 'control' is named twice; name it once",
        ),
        (
            STAGE.replace('"exact_echo"', '"exact_echo", "exact_echo"'),
            "entry 1: invariants: 'exact_echo' is named twice; name it once",
        ),
        (
            STAGE + STAGE.replace('"echo"', '"two"') + 'needs = ["echo", "echo"]\n',
            "entry 2: needs: 'echo' is named twice; name it once",
        ),
        (STAGE + STAGE, "entry 2: name = 'echo' must be a name of its own"),
        ("[[stage]\n", "is not TOML"),
    ],
)
def test_a_wrong_one_is_refused_in_one_sentence(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(UsageError) as error:
        read(written(tmp_path, content))
    assert words in str(error.value)
    assert "\n" not in str(error.value)
