"""Which modules of the project import which, and one of them given in another form."""

import ast
import importlib.abc
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
OURS = ("target", "faults", "properties", "tests", "benchmarks")


def name_of(path: Path | str) -> str:
    """Return the name of the module in a file, which is given relative to the root."""
    return ".".join(Path(path).with_suffix("").parts).removesuffix(".__init__")


def parsed(path: Path | str) -> ast.Module:
    """Return the syntax tree of a file, which is given relative to the root."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def forget_what_imports(name: str) -> None:
    """Let a module, and all that imports it, be imported anew by the next import."""
    loaded = {one: module for one, module in sys.modules.items() if one.split(".")[0] in OURS}
    arrows = {one: set(_imported(module)) for one, module in loaded.items()}
    stale = {name}
    while more := {one for one, below in arrows.items() if below & stale} - stale:
        stale |= more
    for one in stale:
        sys.modules.pop(one, None)
        # `from package import module` takes the attribute first.
        package, _, module = one.rpartition(".")
        vars(sys.modules.get(package, ModuleType(""))).pop(module, None)


def _imported(module: ModuleType) -> Iterator[str]:
    path = getattr(module, "__file__", None)
    if not path:
        return
    for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


class Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the module of this name from a syntax tree instead of its file."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self._name = name
        self._tree = tree

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Answer for this one module."""
        if fullname != self._name:
            return None
        file = str(ROOT.joinpath(*fullname.split(".")).with_suffix(".py"))
        return importlib.util.spec_from_file_location(fullname, file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the tree."""
        exec(compile(self._tree, module.__file__ or "", "exec"), vars(module))
