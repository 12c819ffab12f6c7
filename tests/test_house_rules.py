"""House rules for all sources: which way imports point, how long things get, how tests wait."""

import os
import tomllib
from pathlib import Path

from tests.source_facts import Facts, facts_of

ROOT = Path(__file__).parents[1]
ORDER = ("target", "faults", "properties", "tests")
"""Each may import what stands before it, and itself."""

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"model"}),
    frozenset({"engine"}),
    frozenset({"services"}),
    frozenset({"server", "client"}),
    frozenset({"roles"}),
    frozenset({"cases"}),
    frozenset({"search"}),
    frozenset({"running"}),
    frozenset({"reports"}),
    frozenset({"compare", "gated", "grading", "merging", "pytest_plugin"}),
    frozenset({"cli", "suite"}),
    frozenset({"api"}),
)
"""The packages of `properties/`, the lowest first: each imports itself and those below, not those
beside it. docs/architecture.md shows them."""

FACADE = "api"
"""Is installed as `anechoic`. It imports on first use, so that it disturbs no other project."""

STARTS_QUICKLY = {
    "properties/cli/main.py",
    "properties/cli/check.py",
    "properties/engine/choosing.py",
    "properties/roles.py",
    "properties/search/drawing.py",
    "target/hosts.py",
}
"""Modules that may import inside functions, besides the facade: for the time that they take."""

MAY_IMPORT_PYTEST = {"pytest_plugin", "suite", "cli/pytest_run.py", FACADE}

MOST_MODULES = 20
"""Modules of its own that one package of `properties/` may hold."""

LONGEST_FILE = 300
LONGEST_FUNCTION = 60
FORBIDDEN_NAMES = {"util", "utils", "common", "misc", "helper", "helpers"}

PROGRAMS = {"mutants", "variants", "implementations", "servers"}
"""Folders of tests with programs that are tested: what they do with the clock is their business."""

PRODUCT = [path for part in ORDER[:3] for path in sorted((ROOT / part).rglob("*.py"))]
TESTS = [*sorted((ROOT / "tests").rglob("*.py")), ROOT / "conftest.py"]
SOURCES = [*PRODUCT, *TESTS]
REPORTED = ROOT / "tests" / "reports"
"""The mistakes that were reported: programs as well."""

WAITING_TESTS = [
    path
    for path in TESTS
    if not PROGRAMS & set(path.relative_to(ROOT).parts) and path.parent != REPORTED
]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def facts(path: Path) -> Facts:
    return facts_of(tuple(SOURCES))[path]


def imported(path: Path) -> set[str]:
    """Return the top of each module that a file imports, anywhere in it."""
    return facts(path).tops


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


def package_of(path: Path) -> str:
    """Return the package of `properties/` that a file belongs to: "server", "roles", ..."""
    return path.relative_to(ROOT / "properties").parts[0].removesuffix(".py")


def imported_packages(path: Path) -> set[str]:
    """Return the packages of `properties/` that a file imports from."""
    names = (name.split(".") for name in facts(path).imports)
    return {parts[1] for parts in names if parts[0] == "properties" and len(parts) > 1}


HOUSE = [path for path in PRODUCT if part_of(path) == "properties" and path.parent != ROOT]
INSIDE = [path for path in HOUSE if path != ROOT / "properties" / "__init__.py"]


def level_of(package: str) -> int:
    return next(level for level, packages in enumerate(LAYERS) if package in packages)


def test_every_package_has_its_layer() -> None:
    assert {package_of(path) for path in INSIDE} == frozenset().union(*LAYERS)


def test_no_package_imports_from_one_above_or_beside_it() -> None:
    wrong = [
        f"{name_of(path)} imports {package}"
        for path in INSIDE
        for package in imported_packages(path)
        if package != package_of(path) and level_of(package) >= level_of(package_of(path))
    ]
    assert wrong == []


def test_only_roles_imports_from_both_the_server_half_and_the_client_half() -> None:
    halves = {"server", "client"}
    both = {name_of(path) for path in INSIDE if halves <= imported_packages(path)}
    # The facade names everything that users import, and the sentence is about what is below it.
    assert {name for name in both if not name.startswith(f"properties/{FACADE}/")} == {
        "properties/roles.py"
    }


def test_outside_the_halves_only_roles_and_the_facade_import_from_them() -> None:
    halves = {"server", "client"}
    importing = {package_of(path) for path in INSIDE if halves & imported_packages(path)}
    assert importing - halves == {"roles", FACADE}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {module_of(path): path for path in PRODUCT}
    arrows = {
        module: {
            found
            for name in facts(path).imports
            for found in (name, name.rpartition(".")[0])
            if found in modules and found != module
        }
        for module, path in modules.items()
    }
    while free := {module for module, below in arrows.items() if not below & arrows.keys()}:
        arrows = {module: below for module, below in arrows.items() if module not in free}
    assert arrows == {}


def test_the_model_does_not_act() -> None:
    model = [path for path in INSIDE if package_of(path) == "model"]
    acting = {"select", "subprocess", "pytest", "threading"}
    assert [name_of(path) for path in model if acting & set(imported(path))] == []
    clocks = [name_of(path) for path in model if "time" in imported(path)]
    assert clocks == ["properties/model/history.py"]
    drawing = [name_of(path) for path in model if "hypothesis" in imported(path)]
    assert drawing == ["properties/model/role.py"]


def test_only_what_runs_in_pytest_imports_it() -> None:
    importing = {
        package_of(path) if package_of(path) != "cli" else f"cli/{path.name}"
        for path in INSIDE
        if {"pytest", "_pytest"} & set(imported(path))
    }
    assert importing <= MAY_IMPORT_PYTEST


def test_modules_are_imported_at_the_top_of_a_file() -> None:
    late = [
        f"{name_of(path)}:{line}"
        for path in PRODUCT
        if name_of(path) not in STARTS_QUICKLY and f"/{FACADE}/" not in name_of(path)
        for line in facts(path).late
    ]
    assert late == []


def test_no_package_of_the_house_is_crowded_or_deep() -> None:
    folders = [path.parent for path in HOUSE if path.name != "__init__.py"]
    crowded = {name_of(f) for f in folders if folders.count(f) > MOST_MODULES}
    deep = [name_of(path) for path in HOUSE if len(path.relative_to(ROOT).parts) > 4]
    programs = "properties/compare/programs"
    assert crowded - {programs} == set()
    assert deep == []


def test_the_top_of_the_house_holds_the_roles_and_nothing_else() -> None:
    top = {path.name for path in (ROOT / "properties").iterdir() if path.is_file()}
    assert top == {"__init__.py", "py.typed", "roles.py"}


def test_the_list_of_installed_packages_is_that_of_the_folders() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = project["tool"]["setuptools"]["packages"]
    folders = {
        ".".join(Path(folder).relative_to(ROOT).parts)
        for part in ORDER[:3]
        for folder, _, files in os.walk(ROOT / part)
        if "__init__.py" in files
    }
    assert sorted(listed) == sorted({"anechoic", *folders} - {f"properties.{FACADE}"})


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
        f"{name_of(path)}: {name}"
        for path in SOURCES
        for name, length in facts(path).functions
        if length > LONGEST_FUNCTION
    ]
    assert long == []


def test_tests_sleep_only_between_two_looks_at_a_condition() -> None:
    assert [
        f"{name_of(path)}:{line}" for path in WAITING_TESTS for line in facts(path).sleeps
    ] == []


def test_no_path_of_one_machine_is_written_down() -> None:
    private = (f"{Path.home()}/", f"{ROOT}/")
    written = [
        f"{name_of(path)}: {one}"
        for path in SOURCES
        for one in facts(path).paths
        if one.startswith(private)
    ]
    assert written == []
