"""Whichever process of a run is killed, at whatever moment: nothing that it held is left.

`--exhaustive` makes 200 kills; `python -m benchmarks.kills` says how soon all is gone.
"""

from pathlib import Path

import pytest

from tests.end_to_end.kills import KINDS, kill_once
from tests.end_to_end.runs import PATIENCE
from tests.exhaustive import parameters

KILLS = 200


@pytest.mark.parametrize(
    "number",
    parameters(
        range(KILLS),
        lambda number: f"{KINDS[number % len(KINDS)]}-{number}",
        lambda number: number >= len(KINDS),
    ),
)
def test_nothing_is_left_of_what_a_killed_process_held(number: int, tmp_path: Path) -> None:
    killed = kill_once(number, tmp_path, PATIENCE)
    assert killed.held is not None
    assert killed.rest is not None
