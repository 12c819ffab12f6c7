"""Progress as a person sees it: on a terminal a grid that fills, also where workers do the work."""

import errno
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.programs import with_zombies
from tests.end_to_end.runs import finished
from tests.screen import Screen
from tests.starting import interruptible

CHECK = ("check", "--max-examples", "8", "--no-sweep", "--fault", "control", "--seed", "1")


def on_a_terminal(
    folder: Path, *options: str, rows: int = 40, columns: int = 110, term: str = "xterm"
) -> str:
    """Check a server on a terminal; return all that was written to it."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    server = with_zombies()
    with interruptible():
        process = subprocess.Popen(
            [sys.executable, "-m", "anechoic", *CHECK, *options, "--", *server],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": term},
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
        )
    os.close(theirs)
    try:
        return b"".join(_read(ours)).decode()
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            yield os.read(terminal, 65536)
        except OSError as error:
            # The other end is closed.
            if error.errno == errno.EIO:
                return
            raise


@pytest.mark.parametrize("workers", [("-n", "1"), ("-n", "2")], ids=["alone", "two-workers"])
def test_the_grid_fills_while_the_run_goes_on(workers: tuple[str, ...], tmp_path: Path) -> None:
    shown = on_a_terminal(tmp_path, *workers)
    counts = [int(done) for done in re.findall(r"^control +\S* +(\d+)/11 ", shown, re.MULTILINE)]
    assert len(counts) > 2
    assert counts == sorted(counts)
    assert re.search(r"of 11 workloads, [\d.]+ a second", shown)
    who = r"w\d: " if workers[1] == "2" else ""
    assert re.search(rf"^{who}control, smallest case of no_zombies: \d+ s of", shown, re.MULTILINE)
    *_, last = shown.rpartition("a second")
    assert "FAIL" in last


@pytest.mark.parametrize("columns", [60, pytest.param(80, marks=pytest.mark.exhaustive)])
def test_nothing_stale_is_left_and_no_line_is_too_wide(columns: int, tmp_path: Path) -> None:
    screen, wide = Screen(columns, 40), Screen(1000, 40)
    for drawing in on_a_terminal(tmp_path, columns=columns).split("\r\x1b[2K"):
        screen.feed(f"\r\x1b[2K{drawing}")
        wide.feed(f"\r\x1b[2K{drawing}")
        assert sum(" of 11 workloads," in line for line in screen.seen) <= 1
    text = "\n".join(screen.seen)
    assert " of 11 workloads," not in text
    assert "does not conform" in text
    # Paths and commands are to be copied: they are not broken by us.
    ours = [line for line in wide.seen if ".anechoic/cases" not in line and "{port}" not in line]
    assert max(map(len, ours)) <= columns


def test_a_terminal_that_is_too_small_gets_one_line(tmp_path: Path) -> None:
    shown = on_a_terminal(tmp_path, rows=4)
    assert "+ held" not in shown
    assert re.search(r"control +\d+ workloads, part \d of 4", shown)


def test_a_dumb_terminal_gets_neither_movements_nor_colours(tmp_path: Path) -> None:
    shown = on_a_terminal(tmp_path, term="dumb")
    assert "\x1b" not in shown
    assert "\r" not in shown.replace("\r\n", "\n")
    assert "FAIL control x no_zombies" in shown


def test_where_there_is_no_terminal_nothing_is_drawn(tmp_path: Path) -> None:
    shown = finished([*CHECK, "-n", "2", "--", *with_zombies()], tmp_path).stdout
    assert "\x1b" not in shown
    assert "\r" not in shown
    assert re.search(r"^control +\d+ workloads  FAIL no_zombies$", shown, re.MULTILINE)
