"""Options: each mistake of the user is named, before anything is started."""

from signal import Signals
from typing import Any

import pytest

from properties.model.settings import SignalChoice
from properties.running.errors import UsageError
from properties.running.option_list import FLAGS, Options
from properties.running.settings import Settings, settings_of
from properties.server.families import FAMILIES
from target.command import REFERENCE
from target.errors import TargetError
from target.surroundings import Input


def settings(**given: Any) -> Settings:
    """Check the options with these changed."""
    return settings_of(Options(**given))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"server": "./mine {port}", "address": "127.0.0.1:7"}, "not both"),
        ({"server": "./mine"}, "{port}"),
        ({"server": "./mine", "port": 0}, "--port 0"),
        ({"server": "./mine", "port": 65536}, "--port 65536"),
        ({"server": "./mine", "port": -1}, "--port -1"),
        ({"server": " "}, "empty"),
        ({"server": "'' {port}"}, "empty"),
        ({"server": "./mine '{port}"}, "No closing quotation"),
        ({"address": "127.0.0.1"}, "--address 127.0.0.1"),
        ({"address": ":7"}, "--address :7"),
        ({"address": "127.0.0.1:"}, "--address 127.0.0.1:"),
        ({"address": "127.0.0.1:echo"}, "--address 127.0.0.1:echo"),
        ({"address": "127.0.0.1:0"}, "--address 127.0.0.1:0"),
        ({"address": "127.0.0.1:70000"}, "--address 127.0.0.1:70000"),
        ({"address": "127.0.0.1:-7"}, "--address 127.0.0.1:-7"),
        ({"host": "no.such.host.invalid"}, "no.such.host.invalid"),
        ({"address": "no.such.host.invalid:7"}, "no.such.host.invalid"),
        ({"fault": ["frieze"]}, "--fault frieze"),
        ({"fault": ["freeze", "control "]}, "--fault control "),
        ({"max_examples": 0}, "--max-examples 0"),
        ({"max_examples": -3}, "--max-examples -3"),
        ({"max_connections": 0}, "--max-connections 0"),
        ({"max_rate": -0.5}, "--max-rate -0.5"),
        ({"signal": ["TERM"]}, "'TERM' is no signal that is sent; known are CHLD, URG, WINCH,"),
        ({"no_signal": ["CAUGHT"]}, "'CAUGHT' is no signal that is sent"),
        ({"signal": ["USR1"], "no_signal": ["SIGUSR1"]}, "SIGUSR1 cannot be sent and not sent"),
        ({"address": "127.0.0.1:7", "signal": ["USR1"]}, "--signal is for commands"),
        ({"patience": 0.0}, "--patience 0.0"),
        ({"patience": 1e300}, "--patience 1e+300: must be a number from 0.01 to 3,600.0"),
        ({"max_rate": 1e-300}, "--max-rate 1e-300: must be a number from 0.01"),
        ({"max_rate": float("inf")}, "--max-rate inf"),
        ({"max_connections": 10**30}, "--max-connections 1"),
        ({"max_examples": 10**9}, "--max-examples 1000000000"),
        ({"seed": 10**40}, "--seed 1"),
        ({"start_timeout": 0.0}, "--start-timeout 0.0"),
        ({"cwd": "no/such/folder"}, "--cwd no/such/folder: there is no such folder"),
        ({"env": ["A"]}, "--env 'A': write NAME=VALUE"),
        ({"env": ["=1"]}, "--env '=1': write NAME=VALUE"),
        ({"cases": "/dev/null/x"}, "--cases '/dev/null/x': is no folder"),
        ({"address": "127.0.0.1:7", "port": 7}, "--port is for commands that anechoic starts"),
        ({"address": "127.0.0.1:7", "host": "::1"}, "--host is for commands"),
        ({"address": "127.0.0.1:7", "cwd": "/"}, "--cwd is for commands"),
        ({"address": "127.0.0.1:7", "env": ["A=1"]}, "--env is for commands"),
        ({"address": "127.0.0.1:7", "stdin": "open"}, "--stdin is for commands"),
        ({"client": "", "stdin": "open"}, "--stdin is for servers"),
        ({"client": "", "start_timeout": 3.0}, "--start-timeout is for servers"),
        ({"server": "./mine {port}", "eof_report": "x"}, "--eof-report is for clients"),
    ],
)
def test_a_mistake_is_refused_and_named(given: dict[str, Any], named: str) -> None:
    with pytest.raises((UsageError, TargetError)) as refused:
        settings(**given)
    assert named in str(refused.value)


def test_what_a_command_is_started_with_is_kept_with_it() -> None:
    made = settings(server="./mine {port}", cwd="/", env=["A=1", "B=", "A=2"], stdin="open")
    assert made.target.command is not None
    given = made.target.command.surroundings
    assert (given.folder, given.input, given.start_timeout) == ("/", Input.OPEN, None)
    assert given.variables == (("A", "2"), ("B", ""))


def test_an_unknown_fault_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as refused:
        settings(fault=["frieze"])
    assert all(family.name in str(refused.value) for family in FAMILIES)


def test_an_empty_server_is_refused() -> None:
    with pytest.raises((UsageError, TargetError)):
        settings(server="")


def test_a_port_that_only_looks_like_a_number_is_refused() -> None:
    with pytest.raises(UsageError):
        settings(address="127.0.0.1:²")


def test_a_patience_that_is_no_number_is_refused() -> None:
    with pytest.raises(UsageError):
        settings(patience=float("nan"))


def test_without_a_target_the_reference_is_tested() -> None:
    made = settings()
    assert made.target.command == REFERENCE


def test_a_command_is_split_as_a_shell_does() -> None:
    made = settings(server="'./my server' --port={port} 'a b'")
    assert made.target.command is not None
    assert made.target.command.words == ("./my server", "--port={port}", "a b")


def test_a_fixed_port_makes_a_server_that_there_is_only_once() -> None:
    made = settings(server="./mine", port=9877)
    assert made.target.port == 9877


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [("127.0.0.1:7", "127.0.0.1", 7), ("[::1]:65535", "::1", 65535), ("::1:7", "::1", 7)],
)
def test_an_address_is_a_host_and_a_port(address: str, host: str, port: int) -> None:
    made = settings(address=address)
    assert (made.target.host, made.target.port, made.target.command) == (host, port, None)


def test_a_host_may_be_a_name() -> None:
    assert settings(host="localhost").target.host in ("127.0.0.1", "::1")


def test_limits_and_patience_become_rules() -> None:
    rules = settings(max_connections=5, max_rate=2.5, patience=1.5).rules
    assert (rules.limits.connections, rules.limits.rate, rules.patience) == (5, 2.5, 1.5)


def test_faults_are_run_in_their_order_and_once() -> None:
    names = [family.name for family in settings(fault=["mixed", "freeze", "mixed"]).families]
    assert names == ["freeze", "mixed"]


def test_all_faults_are_run_when_none_is_named() -> None:
    assert settings().families == FAMILIES


def test_every_option_has_a_help_text_and_a_place_of_its_own() -> None:
    assert all(flag.settings["help"] for flag in FLAGS)
    assert len({flag.destination for flag in FLAGS}) == len(FLAGS)


def test_signals_are_named_with_or_without_sig_and_each_counts_once() -> None:
    signals = settings(signal=["USR1", "SIGUSR1", "HUP"], no_signal=["CHLD"]).rules.signals
    assert signals == SignalChoice((Signals.SIGUSR1, Signals.SIGHUP), (Signals.SIGCHLD,))
