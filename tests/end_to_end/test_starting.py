"""What the command line loads, and what it leaves alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.runs import MarkedRun

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


HIDDEN = "mount -t tmpfs none /proc"
"""In a mount namespace of its own."""

OF_ANOTHER_NAMESPACE = "true"
"""In a PID namespace of its own, the outer /proc stays."""


@pytest.mark.parametrize(
    ("namespaces", "before"),
    [("-m", HIDDEN), ("-pf", OF_ANOTHER_NAMESPACE)],
    ids=["hidden", "of another namespace"],
)
def test_without_a_usable_proc_nothing_is_started(
    namespaces: str, before: str, tmp_path: Path
) -> None:
    probe = subprocess.run(
        ["unshare", "-r", namespaces, "sh", "-c", before], capture_output=True, check=False
    )
    if probe.returncode:
        pytest.skip("no namespaces here: unshare(1) is refused")
    program = ("touch", str(tmp_path / "it-ran"), "{port}")
    words = ["-m", "anechoic", "check", "--", *program]
    shell = ["sh", "-c", f'{before} && exec "$@"', "sh"]
    done = subprocess.run(
        ["unshare", "-r", namespaces, *shell, sys.executable, *words],
        cwd=tmp_path,
        env=MarkedRun((), tmp_path).environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert "nothing works without it" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
