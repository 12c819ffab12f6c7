"""House rules for all sources: which way imports point, how long things get, how tests wait."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
ORDER = ("target", "faults", "properties", "tests")
"""Each may import what stands before it, and itself."""

LONGEST_FILE = 300
LONGEST_FUNCTION = 60
FORBIDDEN_NAMES = {"util", "utils", "common", "misc", "helper", "helpers"}

PROGRAMS = {"mutants", "variants", "implementations", "servers"}
"""Folders of tests with programs that are tested: what they do with the clock is their business."""

PRODUCT = [path for part in ORDER[:3] for path in sorted((ROOT / part).rglob("*.py"))]
TESTS = [*sorted((ROOT / "tests").rglob("*.py")), ROOT / "conftest.py"]
SOURCES = [*PRODUCT, *TESTS]
WAITING_TESTS = [path for path in TESTS if not PROGRAMS & set(path.relative_to(ROOT).parts)]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Return the top of each module that a file imports, anywhere in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # What is imported relatively lies in the same part.
            yield part_of(path) if node.level else (node.module or "").split(".")[0]


def test_there_is_something_to_look_at() -> None:
    assert {part_of(path) for path in SOURCES} == {*ORDER, "conftest.py"}
    assert WAITING_TESTS


def test_imports_point_one_way() -> None:
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in SOURCES
        for module in imported(path)
        if module in ORDER and part_of(path) in ORDER
        if ORDER.index(module) > ORDER.index(part_of(path))
    ]
    assert wrong == []


def test_hypothesis_is_imported_only_where_workloads_are_made_and_in_tests() -> None:
    importing = {part_of(path) for path in SOURCES if "hypothesis" in imported(path)}
    assert "properties" in importing
    assert importing <= {"properties", "tests", "conftest.py"}


def test_every_file_and_folder_has_a_name_that_says_something() -> None:
    names = {part.lower().removesuffix(".py") for path in SOURCES for part in _parts(path)}
    assert names & FORBIDDEN_NAMES == set()


def _parts(path: Path) -> tuple[str, ...]:
    return path.relative_to(ROOT).parts


def test_no_source_file_is_long() -> None:
    long = [
        name_of(path)
        for path in PRODUCT
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    ]
    assert long == []


def test_no_function_is_long() -> None:
    long = [
        f"{name_of(path)}: {node.name}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_tests_sleep_only_between_two_looks_at_a_condition() -> None:
    asleep = [
        f"{name_of(path)}:{call.lineno}"
        for path in WAITING_TESTS
        for call in _sleeps(tree(path))
        if call not in _calls_between_looks(tree(path))
    ]
    assert asleep == []


def _sleeps(module: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep"):
            yield node


def _calls_between_looks(module: ast.AST) -> list[ast.Call]:
    """Return the sleeps in loops that end when a condition holds."""
    loops = (node for node in ast.walk(module) if isinstance(node, ast.While))
    looking = (loop for loop in loops if not isinstance(loop.test, ast.Constant))
    return [call for loop in looking for call in _sleeps(loop)]


def test_no_path_of_one_machine_is_written_down() -> None:
    private = (f"{Path.home()}/", f"{ROOT}/")
    written = [
        f"{name_of(path)}: {node.value}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.startswith(private)
    ]
    assert written == []
