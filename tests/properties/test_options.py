"""Options: each mistake of the user is named, before anything is started."""

from typing import Any

import pytest

from properties.families import FAMILIES
from properties.option_list import OPTIONS
from properties.options import EXAMPLES_A_PART, Options, UsageError, checked
from properties.verdict import Sequel
from target.command import REFERENCE
from target.errors import TargetError


def options(**given: Any) -> Options:
    """Check the defaults with these changed."""
    values = {option.destination: option.settings["default"] for option in OPTIONS}
    assert given.keys() <= values.keys()
    return checked(lambda name: {**values, **given}[name])


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
        ({"patience": 0.0}, "--patience 0.0"),
    ],
)
def test_a_mistake_is_refused_and_named(given: dict[str, Any], named: str) -> None:
    with pytest.raises((UsageError, TargetError)) as refused:
        options(**given)
    assert named in str(refused.value)


def test_an_unknown_fault_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as refused:
        options(fault=["frieze"])
    assert all(family.name in str(refused.value) for family in FAMILIES)


def test_an_empty_server_is_refused() -> None:
    with pytest.raises((UsageError, TargetError)):
        options(server="")


def test_a_port_that_only_looks_like_a_number_is_refused() -> None:
    with pytest.raises(UsageError):
        options(address="127.0.0.1:²")


def test_a_patience_that_is_no_number_is_refused() -> None:
    with pytest.raises(UsageError):
        options(patience=float("nan"))


def test_without_a_target_the_reference_is_tested() -> None:
    made = options()
    assert made.subject.command == REFERENCE


def test_a_command_is_split_as_a_shell_does() -> None:
    made = options(server="'./my server' --port={port} 'a b'")
    assert made.subject.command is not None
    assert made.subject.command.words == ("./my server", "--port={port}", "a b")


def test_a_fixed_port_makes_a_server_that_there_is_only_once() -> None:
    made = options(server="./mine", port=9877)
    assert made.subject.port == 9877


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [("127.0.0.1:7", "127.0.0.1", 7), ("[::1]:65535", "::1", 65535), ("::1:7", "::1", 7)],
)
def test_an_address_is_a_host_and_a_port(address: str, host: str, port: int) -> None:
    made = options(address=address)
    assert (made.subject.host, made.subject.port, made.subject.command) == (host, port, None)


def test_a_host_may_be_a_name() -> None:
    assert options(host="localhost").subject.host in ("127.0.0.1", "::1")


def test_limits_and_patience_become_rules() -> None:
    rules = options(max_connections=5, max_rate=2.5, patience=1.5).rules
    assert (rules.limits.connections, rules.limits.rate, rules.patience) == (5, 2.5, 1.5)


def test_faults_are_run_in_their_order_and_once() -> None:
    names = [family.name for family in options(fault=["mixed", "freeze", "mixed"]).families]
    assert names == ["freeze", "mixed"]


def test_all_faults_are_run_when_none_is_named() -> None:
    assert options().families == FAMILIES


@pytest.mark.parametrize("examples", [1, EXAMPLES_A_PART, EXAMPLES_A_PART + 1, 40])
def test_the_parts_of_a_family_add_up_to_its_workloads(examples: int) -> None:
    made = options(max_examples=examples)
    for family in FAMILIES:
        parts = [count for found, _, count in made.parts if found is family]
        assert sum(parts) == examples
        assert all(1 <= part <= EXAMPLES_A_PART for part in parts)


def test_the_first_parts_of_all_families_come_first() -> None:
    made = options(max_examples=2 * EXAMPLES_A_PART)
    assert [number for _, number, _ in made.parts] == [0] * len(FAMILIES) + [1] * len(FAMILIES)


def test_a_restart_follows_in_every_family_and_memory_is_looked_at_once() -> None:
    made = options(fault=["freeze", "mixed"]).sequels
    found = [(family.name, sequel) for family, sequel, _ in made]
    assert found == [
        ("freeze", Sequel.RESTART),
        ("mixed", Sequel.RESTART),
        ("freeze", Sequel.ROUNDS),
        ("freeze", Sequel.FLOOD),
    ]


def test_by_address_only_a_client_that_never_reads_follows() -> None:
    made = options(address="127.0.0.1:7").sequels
    assert [sequel for _, sequel, _ in made] == [Sequel.FLOOD]


def test_every_option_has_a_help_text_and_a_place_of_its_own() -> None:
    assert all(option.settings["help"] for option in OPTIONS)
    assert len({option.destination for option in OPTIONS}) == len(OPTIONS)
