"""What the command line loads, and what it leaves alone."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_additions_to_hypothesis_by_other_packages_are_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "addition.py").write_text("print('the addition was loaded')\n")
    distribution = tmp_path / "addition-1.0.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: addition\nVersion: 1.0\n")
    (distribution / "entry_points.txt").write_text("[hypothesis]\naddition = addition\n")
    path = os.pathsep.join(map(str, (tmp_path, ROOT)))
    environment = {n: value for n, value in os.environ.items() if n != "HYPOTHESIS_NO_PLUGINS"}

    def output_of(*words: str) -> str:
        return subprocess.check_output(
            [sys.executable, *words], env=environment | {"PYTHONPATH": path}, text=True
        )

    assert "the addition was loaded" in output_of("-c", "import hypothesis")
    listed = output_of("-m", "anechoic", "list")
    assert "disconnect_burst" in listed
    assert "the addition was loaded" not in listed
