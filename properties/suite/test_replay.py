"""`pytest --replay CASE`: a saved case run again, on the server it was found in or on another."""

from collections.abc import Callable
from pathlib import Path

import pytest

from properties import cases
from properties.lifetime import die_with_parent
from properties.plugin import REPLAY
from properties.replay import replay
from target.command import Command


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each case."""
    paths = [Path(path) for path in metafunc.config.getoption("anechoic_replay") or ()]
    metafunc.parametrize("case_file", paths, ids=[path.stem for path in paths])


def test_case(
    case_file: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    """Fail where the case still fails, or where it cannot be told."""
    if hasattr(pytestconfig, "workerinput"):
        die_with_parent()
    case = cases.read(case_file)
    server = pytestconfig.getoption("client") or pytestconfig.getoption("server")
    command = Command.split(server) if server is not None else None
    times, port = pytestconfig.getoption("anechoic_times"), pytestconfig.getoption("port")
    replayed = replay(case, command, times, lambda _: None, port=port)
    answer = replayed.answer(case)
    record_property(REPLAY, answer)
    if replayed.failed or replayed.doubtful:
        pytest.fail(f"{answer}\n{replayed.reason}", pytrace=False)
