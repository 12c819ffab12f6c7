"""The options of `anechoic gate` become rules."""

import pytest

from properties.cli.parser import parser
from properties.gated.command_line import rules_of
from properties.gated.rules import ALWAYS, GateRule, fail, hold, shorten
from properties.running.errors import UsageError


def rules(line: str) -> tuple[GateRule, ...]:
    return rules_of(parser().parse_args(["gate", *line.split()]).in_order)


def test_one_rule_and_what_belongs_to_it() -> None:
    assert rules("--fail accept:ECONNABORTED --nth 2 --per-process --port 7") == (
        fail("accept", "ECONNABORTED", nth=2, per_process=True, port=7),
    )


def test_options_before_the_first_rule_belong_to_all_and_those_after_one_to_that() -> None:
    assert rules("--program mine --fail fork:EAGAIN --nth 3 --short read:1 --times always") == (
        fail("fork", "EAGAIN", nth=3, program="mine"),
        shorten("read", 1, times=ALWAYS, program="mine"),
    )


def test_a_call_is_held_until_another_one_or_a_signal() -> None:
    assert rules("--hold poll --until exit --patience 2.5 --hold read --signal SIGTERM") == (
        hold("poll", until="exit", patience=2.5),
        hold("read", signal="SIGTERM"),
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", "there is no rule: give --fail, --short or --hold"),
        ("--nth 2", "there is no rule"),
        ("--fail accept", "--fail accept: a call, a colon and .* as in accept:ECONNABORTED"),
        ("--fail accept:", "a call, a colon and what becomes of it"),
        ("--short read:few", "--short read:few: 'few' is no number of bytes"),
        ("--short read:1 --until close", "--short: --until does not belong to it"),
        ("--hold poll --until exit --unlawful", "--hold: --unlawful does not belong to it"),
        ("--fail close:EIO", "--fail close:EIO: close: it is never failed"),
    ],
)
def test_what_makes_no_sense_is_refused_and_the_option_named(line: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        rules(line)


@pytest.mark.parametrize("line", ["--nth two --fail read:EIO", "--times 0 --fail read:EIO"])
def test_what_is_no_number_is_refused_by_the_parser(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        rules(line)
    assert refused.value.code == 2
    assert "argument --" in capsys.readouterr().err
