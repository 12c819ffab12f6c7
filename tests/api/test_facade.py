"""The facade: what `import anechoic` offers, and that the pages and the type checkers agree."""

import ast
import inspect
import re
from pathlib import Path
from types import ModuleType

import anechoic
import pytest
from anechoic import events, faults

ROOT = Path(__file__).parents[2]
MODULES = pytest.mark.parametrize(
    "module", [anechoic, events, faults], ids=["anechoic", "anechoic.events", "anechoic.faults"]
)
ALIASES = {"Workload", "SERVER", "CLIENT", "NOT_TRIED", "NAMES_CLIENTS", "MAKES_CERTAIN"}
"""Values: they have no docstring of their own."""


def source_of(module: ModuleType) -> ast.Module:
    assert module.__file__ is not None
    return ast.parse(Path(module.__file__).read_text(encoding="utf-8"))


@MODULES
def test_every_public_name_can_be_imported(module: ModuleType) -> None:
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert set(module.__all__) <= set(dir(module))


@MODULES
def test_type_checkers_see_what_is_there_at_run_time(module: ModuleType) -> None:
    seen = {
        alias.name
        for node in ast.walk(source_of(module))
        if isinstance(node, ast.ImportFrom) and not node.level
        for alias in node.names
    }
    assert seen - {"TYPE_CHECKING", "Any", "metadata"} == set(module.__all__) - {"__version__"}


@MODULES
def test_every_class_and_function_has_a_docstring_of_its_own(module: ModuleType) -> None:
    public = (getattr(module, name) for name in module.__all__ if name not in ALIASES)
    documented = [one for one in public if inspect.isclass(one) or inspect.isfunction(one)]
    assert documented
    assert [one.__name__ for one in documented if not (one.__doc__ or "").strip()] == []


@MODULES
def test_the_page_about_the_api_names_all_of_it_and_nothing_else(module: ModuleType) -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    _, _, rest = page.partition(f"\n## `{module.__name__}`\n")
    section = rest.partition("\n## ")[0]
    named = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", section, re.MULTILINE)
    told = {name for cell in named for name in re.findall(r"`(\w+)`", cell)}
    assert told == set(module.__all__)


def test_an_unknown_name_is_refused_like_any_other() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'checks'"):
        _ = anechoic.checks  # type: ignore[attr-defined]


def test_the_version_is_that_of_the_installed_package() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", anechoic.__version__)
