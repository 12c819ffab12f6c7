"""A command line is split as a shell splits it, filled in, and never given to a shell."""

from __future__ import annotations

import pytest

from target.command import REFERENCE, Command
from target.errors import TargetError


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("./mine", ("./mine",)),
        ("./mine --port {port}", ("./mine", "--port", "{port}")),
        ("  ./mine \t 1\n", ("./mine", "1")),
        ("'my server' \"a b\"", ("my server", "a b")),
        (r"my\ server '\n' \"", ("my server", r"\n", '"')),
        ("./mine ''", ("./mine", "")),
        ("./mine '#not a comment'", ("./mine", "#not a comment")),
        ("m $HOME *.py | cat > x; z", ("m", "$HOME", "*.py", "|", "cat", ">", "x;", "z")),
    ],
)
def test_a_line_is_split_into_words_like_a_shell_does(line: str, words: tuple[str, ...]) -> None:
    assert Command.split(line).words == words


@pytest.mark.parametrize("line", ["./mine 'port", './mine "port', "./mine \\"])
def test_an_unbalanced_quote_is_refused_and_the_line_is_shown(line: str) -> None:
    with pytest.raises(TargetError, match="cannot be split") as refusal:
        Command.split(line)
    assert repr(line) in str(refusal.value)


@pytest.mark.parametrize("line", ["", "   ", "''", "'' --port 1"])
def test_a_line_without_a_program_is_refused(line: str) -> None:
    with pytest.raises(TargetError, match="the command is empty"):
        Command.split(line)


def test_a_command_without_words_is_refused() -> None:
    with pytest.raises(TargetError, match="the command is empty"):
        Command(())


@pytest.mark.parametrize(
    ("word", "filled"),
    [
        ("{host}", "::1"),
        ("{port}", "9877"),
        ("--listen={host}:{port}", "--listen=::1:9877"),
        ("{port}{port}", "98779877"),
        ("{{port}}", "{9877}"),
        ("{}", "{}"),
        ("{0} {name} {Port} { port } {port", "{0} {name} {Port} { port } {port"),
        ('{"port": {port}}', '{"port": 9877}'),
        ("%s $port \\1 \\g<1>", "%s $port \\1 \\g<1>"),
    ],
)
def test_host_and_port_are_filled_in_and_other_braces_are_left_alone(
    word: str, filled: str
) -> None:
    assert Command(("./mine", word)).filled("::1", 9877) == ["./mine", filled]


def test_the_program_itself_may_name_the_port() -> None:
    assert Command(("./mine-{port}",)).filled("127.0.0.1", 7) == ["./mine-7"]


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    assert Command(("{host}",)).filled("{port}", 7) == ["{port}"]


@pytest.mark.parametrize(
    ("line", "answer"),
    [("./mine {port}", True), ("./mine -p{port}", True), ("./mine {host}", False), ("./m", False)],
)
def test_a_command_knows_whether_its_port_can_be_chosen(line: str, answer: bool) -> None:
    assert Command.split(line).names_a_port is answer


def test_a_command_is_shown_as_it_would_be_typed() -> None:
    line = "./mine --host {host} --port {port} 'a b'"
    assert str(Command.split(line)) == line


@pytest.mark.parametrize(
    "words",
    [
        ("./mine", "{port}", "--at={host}:{port}"),
        ("a b", "", "it's", '"', "\\", "$HOME", "*"),
        ("./mine", "'{port}'", "x '{host}' y", "{other}"),
    ],
)
def test_a_command_that_is_shown_can_be_pasted(words: tuple[str, ...]) -> None:
    assert Command.split(str(Command(words))).words == words


def test_the_reference_takes_the_host_and_the_port_it_is_given() -> None:
    assert REFERENCE.names_a_port
    assert REFERENCE.filled("::1", 15001)[-4:] == ["--host", "::1", "--port", "15001"]
