"""`--expect`: a team takes anechoic up for a server with a known fault, and mends it later."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from tests.end_to_end.programs import right, with_zombies
from tests.end_to_end.runs import answered, finished

ZOMBIES = '[[known]]\ninvariant = "no_zombies"\nfault = "control"\nmessage = "zombie"\n'
CHECK = (
    "check",
    "--max-examples",
    "1",
    "--no-sweep",
    "--fault",
    "control",
    "--expect",
    "known.toml",
    "--",
)


def checked_against(
    baseline: str, server: Callable[[], tuple[str, ...]], folder: Path, *options: str
) -> CompletedProcess[str]:
    """Check a server against a baseline."""
    (folder / "known.toml").write_text(baseline)
    return finished([CHECK[0], *options, *CHECK[1:], *server()], folder)


def test_a_known_violation_is_shown_and_does_not_fail_the_run(tmp_path: Path) -> None:
    done = checked_against(ZOMBIES, with_zombies, tmp_path)
    assert done.returncode == 0, done.stdout
    assert "KNOWN control x no_zombies" in done.stdout
    assert not (tmp_path / ".anechoic").exists()


def test_a_known_violation_is_shown_also_where_workers_run_the_parts(tmp_path: Path) -> None:
    done = checked_against(ZOMBIES, with_zombies, tmp_path, "-n", "2")
    assert done.returncode == 0, done.stdout
    assert "KNOWN control x no_zombies" in done.stdout


def test_a_new_violation_fails_the_run(tmp_path: Path) -> None:
    other = ZOMBIES.replace("no_zombies", "no_fd_leak")
    done = checked_against(other, with_zombies, tmp_path)
    assert done.returncode == 1, done.stdout
    assert "FAIL control x no_zombies" in done.stdout


def test_a_violation_that_has_gone_fails_the_run_and_says_what_to_remove(tmp_path: Path) -> None:
    done = checked_against(ZOMBIES, right, tmp_path)
    assert done.returncode == 1, done.stdout
    assert "now passes: remove it from known.toml" in " ".join(done.stdout.split())


def test_a_damaged_baseline_is_refused_before_anything_is_run(tmp_path: Path) -> None:
    (tmp_path / "known.toml").write_text("known = 3\n")
    done = answered([*CHECK, *right()], tmp_path)
    assert done.returncode == 2, done.stderr
    assert "known.toml: write each known violation as a table [[known]]" in done.stderr
