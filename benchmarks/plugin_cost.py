"""What anechoic's pytest plugin costs a project that does not use it.

    python -m benchmarks.plugin_cost

Runs one trivial test in an empty folder, in turn with the plugin and without it (`-p no:anechoic`),
and prints the median of both and of the differences, in milliseconds.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 25

WITH = ("-p", "no:cacheprovider")
WITHOUT = (*WITH, "-p", "no:anechoic")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_trivial.py").write_text("def test_nothing():\n    pass\n")
        _milliseconds(folder, WITH)
        pairs = [
            (_milliseconds(folder, WITH), _milliseconds(folder, WITHOUT)) for _ in range(ROUNDS)
        ]
    with_it, without = (statistics.median(one) for one in zip(*pairs, strict=True))
    difference = statistics.median(one - other for one, other in pairs)
    print(
        f"{ROUNDS} rounds, medians: {with_it:.0f} ms with the plugin, {without:.0f} ms without it"
    )
    print(f"the plugin costs {difference:.1f} ms a run ({with_it / without:.3f} times)")


def _milliseconds(folder: str, options: tuple[str, ...]) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
