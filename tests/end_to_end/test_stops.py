"""A server that does not stop: found by name in a short run, and again at each replay."""

import re
import sys
from pathlib import Path

from tests.end_to_end.runs import finished

TOP = Path(__file__).parents[2]
SERVER = (
    "env",
    f"PYTHONPATH={TOP}",
    sys.executable,
    str(TOP / "tests/mutants/stop_joins_clients.py"),
)
CHECK = ("check", "--quick", "--fault", "stops", "--level", "should", "-n", "1")


def test_it_is_a_warning_with_a_case_that_fails_each_time(tmp_path: Path) -> None:
    done = finished([*CHECK, "--", *SERVER, "{port}"], tmp_path)
    assert done.returncode == 1, done.stdout
    assert "FAIL stops x clean_stop" in done.stdout
    assert "stays connected, and says nothing of that" in " ".join(done.stdout.split())
    assert "orders to stop 4 of 4" in done.stdout
    (path,) = (tmp_path / ".anechoic" / "cases").glob("*.json")
    # Ten times, or as often as there was time for on a busy machine.
    assert re.search(r"fails (\d+) of \1\b", done.stdout)
    again = finished(["replay", "--times", "1", str(path)], tmp_path)
    assert again.returncode == 1, again.stdout
