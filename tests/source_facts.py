"""What house rules ask of the sources: read once for all workers, and kept as a table.

The trees of a thousand files would stay in a worker's memory for as long as it runs, and each of
its forks would copy their page tables.
"""

import ast
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from tests.compiled import made_once

ROOT = Path(__file__).parents[1]
TABLE = "facts.json"


@dataclass(frozen=True)
class Facts:
    """What one file has.

    `imports`: the full names of all that it imports, with those that are imported from modules;
    `late` the lines of the imports in functions, `functions` the names and lengths, `sleeps` the
    lines of sleeps that are not between two looks at a condition, `paths` the strings that begin as
    absolute paths do.
    """

    imports: list[str]
    late: list[int]
    functions: list[tuple[str, int]]
    sleeps: list[int]
    paths: list[str]

    @property
    def tops(self) -> set[str]:
        """The top of each module that it imports."""
        return {name.split(".")[0] for name in self.imports}


@cache
def facts_of(sources: tuple[Path, ...]) -> dict[Path, Facts]:
    """Return what each of these files has."""

    def make(folder: Path) -> None:
        table = {_name(path): asdict(_facts(path)) for path in sources}
        (folder / TABLE).write_text(json.dumps(table), encoding="utf-8")

    folder = made_once(("source_facts",), (Path(__file__), *sources), make)
    table = json.loads((folder / TABLE).read_text(encoding="utf-8"))
    return {path: Facts(**table[_name(path)]) for path in sources}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _facts(path: Path) -> Facts:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    functions = [one for one in nodes if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return Facts(
        imports=[*_imported(path, nodes)],
        late=[
            node.lineno
            for function in functions
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        ],
        functions=[(one.name, (one.end_lineno or 0) - one.lineno + 1) for one in functions],
        sleeps=[one.lineno for one in _sleeps(nodes) if one not in _between_looks(nodes)],
        paths=[
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            if node.value.startswith("/")
        ],
    )


def _imported(path: Path, nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(path.relative_to(ROOT).parts[: -node.level]) if node.level else ""
            module = ".".join(filter(None, (above, node.module)))
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _sleeps(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    for node in nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep"):
            yield node


def _between_looks(nodes: Iterable[ast.AST]) -> list[ast.Call]:
    """Return the sleeps in loops that end when a condition holds."""
    loops = (node for node in nodes if isinstance(node, ast.While))
    looking = (loop for loop in loops if not isinstance(loop.test, ast.Constant))
    return [call for loop in looking for call in _sleeps(ast.walk(loop))]
