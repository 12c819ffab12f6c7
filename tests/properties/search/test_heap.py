"""Memory that is not used any more goes back to the system, also from between what is kept."""

import resource
import subprocess
import sys
from pathlib import Path

from properties.search import heap

HOLES = """\
import ctypes, resource, sys
from pathlib import Path
from properties.search import heap

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

first = b"x" * (30 << 20)
del first
if sys.argv[1:]:
    heap.bound()
ctypes.CDLL(None).mallopt(-1, 128 << 10)  # M_TRIM_THRESHOLD: what is free at the end goes back
large, kept = [], []
for _ in range(40):
    large.append(b"x" * 500_000)
    kept += [bytearray(1000) for _ in range(20)]
before = resident()
del large
print(before - resident())
"""
"""Frees large blocks between small ones that it keeps; says by how much memory it has less."""


def resident() -> int:
    """Return how many bytes of memory this process has (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def freed(*words: str) -> int:
    """Return how much memory goes back to the system by itself."""
    found = subprocess.run(
        [sys.executable, "-c", HOLES, *words], check=True, capture_output=True, text=True
    )
    return int(found.stdout)


def test_large_blocks_go_back_when_they_are_freed() -> None:
    assert freed("bound") > 15_000_000
    assert freed() < 5_000_000


def test_what_a_search_has_freed_is_not_kept() -> None:
    kept = [bytes(60_000) for _ in range(2000)]
    del kept[::2]
    before = resident()
    kept[:] = kept[::2]
    heap.give_back()
    assert before - resident() > 60_000 * 500
