"""`pytest --anechoic-replay CASE`: a saved case again, on its own target or on another."""

from collections.abc import Callable
from pathlib import Path

import pytest

from properties.cases.case import CaseError, read_case
from properties.cases.replay import require_trust, run_again, target_of
from properties.pytest_plugin.keys import REPLAY
from properties.running.option_list import flag_of, options_in
from properties.running.process_lifetime import die_with_parent
from target.command import Command
from target.errors import TargetError
from target.foreign_text import harmless_lines


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each case."""
    paths = [Path(path) for path in options_in(metafunc.config.option).replay or ()]
    metafunc.parametrize("case_file", paths, ids=[path.stem for path in paths])


def test_case(
    case_file: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    """Fail where the case still fails, or where that cannot be determined."""
    if hasattr(pytestconfig, "workerinput"):
        die_with_parent()
    case, options = read_case(case_file), options_in(pytestconfig.option)
    line = options.client or options.server
    command = Command.split(line) if line is not None else None
    try:
        option = flag_of("trust").prefixed
        require_trust(case, str(case_file), command, trusted=options.trust, option=option)
        replayed = run_again(case, target_of(case, command, options.port), options.times)
    except (CaseError, TargetError) as error:
        words = harmless_lines(f"ERROR {case_file}: {error}")
        raise pytest.fail.Exception(words, pytrace=False) from None
    answer = harmless_lines(replayed.answer(case))
    record_property(REPLAY, answer)
    if not replayed.is_fixed:
        pytest.fail(f"{answer}\n{harmless_lines(replayed.remark)}", pytrace=False)
