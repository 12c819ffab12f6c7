"""House rules for faults: registered, described, drawn, tested, small, and without randomness."""

import ast
import copy
import dataclasses
import inspect
from pathlib import Path
from typing import Any

import pytest

import faults
from faults.fault import Fault
from faults.registry import CLIENT_FAULTS, FAULTS, ON_REQUEST
from properties.client.generation.workloads import CLIENT_FAULT_STRATEGIES
from properties.server.generation.strategies import FAULT_STRATEGIES
from tests.faults import client_runs
from tests.faults.contexts import EXAMPLES

FOLDER = Path(next(iter(faults.__path__)))
FILES = [path for name in (".", "server", "client") for path in (FOLDER / name).glob("*.py")]
"""All but those of the gate, which waits for system calls."""
LONGEST = 300
BASES = frozenset({"Fault", "GateFault", "WireFault"})
BOTH = (*EXAMPLES, *client_runs.EXAMPLES)

ALL = (*FAULTS, *CLIENT_FAULTS)
each_fault = pytest.mark.parametrize("fault", ALL, ids=[fault.__name__ for fault in ALL])


def name_of(base: ast.expr) -> str:
    """Return the name of a base class, without the context in brackets."""
    return ast.unparse(base).partition("[")[0]


def test_every_fault_in_the_folder_is_registered_once() -> None:
    defined = {
        node.name
        for path in FILES
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and BASES & {name_of(base) for base in node.bases}
    }
    assert sorted(fault.__name__ for fault in (*ALL, *ON_REQUEST)) == sorted(defined)


def test_names_are_different() -> None:
    for faults_of_a_role in (FAULTS, CLIENT_FAULTS):
        assert len({fault.name for fault in faults_of_a_role}) == len(faults_of_a_role)


@each_fault
def test_it_says_its_name_its_section_and_what_it_does(fault: type[Fault[Any]]) -> None:
    assert fault.name.replace("_", "").isalpha()
    assert fault.name.islower()
    assert fault.section
    assert fault.summary
    assert "\n" not in fault.summary


@each_fault
def test_it_is_a_frozen_dataclass(fault: type[Fault[Any]]) -> None:
    example = next(example for example in BOTH if type(example) is fault)
    assert copy.deepcopy(example) == example
    assert hash(copy.deepcopy(example)) == hash(example)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(example, "client", 2)  # noqa: B010 - mypy would not let it be written plainly


@each_fault
def test_it_has_a_file_of_its_own_that_is_short(fault: type[Fault[Any]]) -> None:
    path = Path(inspect.getfile(fault))
    same_file = [other for other in ALL if inspect.getfile(other) == str(path)]
    assert same_file == [fault]
    assert len(path.read_text().splitlines()) <= LONGEST


@each_fault
def test_it_has_a_test_file_of_its_own(fault: type[Fault[Any]]) -> None:
    module = Path(inspect.getfile(fault)).relative_to(FOLDER)
    assert (Path(__file__).parent / module.with_name(f"test_{module.name}")).is_file()


@each_fault
def test_its_file_has_the_name_that_users_type(fault: type[Fault[Any]]) -> None:
    role = "client" if fault in CLIENT_FAULTS else "server"
    assert Path(inspect.getfile(fault)).relative_to(FOLDER) == Path(role, f"{fault.name}.py")


@each_fault
def test_it_can_be_drawn(fault: type[Fault[Any]]) -> None:
    assert fault in FAULT_STRATEGIES or fault in CLIENT_FAULT_STRATEGIES


@each_fault
def test_it_has_an_example(fault: type[Fault[Any]]) -> None:
    assert any(type(example) is fault for example in BOTH)


def test_nothing_in_the_folder_acts_at_random_or_by_the_clock() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                modules.append(node.module)
            # Payloads are drawn from a generator with a fixed seed.
            allowed = {"random"} if path.name == "payloads.py" else set()
            assert not {"random", "time", "secrets"} & set(modules) - allowed, path.name
