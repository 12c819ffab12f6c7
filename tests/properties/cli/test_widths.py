"""Help and lists fit the terminal, from 60 columns on."""

import pytest

from properties.cli.listing import lines
from properties.cli.main import main
from properties.gated.command import listed_calls
from properties.roles import ROLES

HELPS = [
    [],
    *([name] for name in ("check", "compare", "gate", "grade", "list", "merge", "replay", "show")),
]


@pytest.mark.parametrize("columns", [60, 80, 100, 120])
@pytest.mark.parametrize("action", HELPS, ids=lambda words: " ".join(words) or "anechoic")
def test_no_line_of_the_help_is_wider_than_the_terminal(
    action: list[str],
    columns: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main([*action, "--help"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= columns


@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_calls_at_the_gate_fit(width: int) -> None:
    assert max(map(len, listed_calls(width))) <= width


def test_narrow_help_has_the_words_of_wide_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for columns in ("60", "120"):
        monkeypatch.setenv("COLUMNS", columns)
        main(["check", "--help"])
        said.append("".join(capsys.readouterr().out.split()))
    assert said[0] == said[1]


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_the_list_names_everything_and_fits(width: int) -> None:
    made = list(lines(width))
    assert max(map(len, made)) <= width
    text = "\n".join(made)
    for role in ROLES.values():
        for name in (*(one.name for one in role.families), *(one.id for one in role.invariants)):
            assert f"  {name} " in text
