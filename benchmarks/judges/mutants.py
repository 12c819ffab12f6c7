"""All mutants of a module, each with a key that stays when lines are added elsewhere."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.judges.operators import OPERATORS, is_docstring

LONGEST = 70
"""Characters of a piece of source in a key."""

UNTOUCHED = (ast.Import, ast.ImportFrom, ast.JoinedStr)
"""What decides nothing: imports, and sentences."""

TARGETS = (ast.Store, ast.Del)


@dataclass
class Mutant:
    """One change in one place. `key`: where and what, in words that say it without a line."""

    key: str
    line: int
    _parent: ast.AST = field(repr=False)
    _name: str = field(repr=False)
    _place: int | None = field(repr=False)
    _made: ast.AST | None = field(repr=False)

    def apply(self) -> None:
        """Change the tree that the mutant was found in."""
        made = ast.Pass() if self._made is None else self._made
        if self._place is None:
            setattr(self._parent, self._name, made)
        else:
            getattr(self._parent, self._name)[self._place] = made


def mutants_of(tree: ast.Module, path: Path | str) -> list[Mutant]:
    """Return all mutants of a module, in the order of its source."""
    seen: Counter[str] = Counter()
    made = []
    for mutant in _below(tree, f"{path}", 1):
        seen[mutant.key] += 1
        if (count := seen[mutant.key]) > 1:
            mutant.key += f" ({count})"
        made.append(mutant)
    return made


def _below(parent: ast.AST, where: str, above: int) -> Iterator[Mutant]:
    for name, place, node in _children(parent):
        if isinstance(node, UNTOUCHED) or is_docstring(node) or _is_no_value(name):
            continue
        if isinstance(getattr(node, "ctx", None), TARGETS):
            continue
        inside, line = where, getattr(node, "lineno", above)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            inside = f"{where}:{node.name}" if ":" not in where else f"{where}.{node.name}"
        for operator in OPERATORS:
            for made in operator(node):
                if made is not None:
                    ast.copy_location(made, node)
                    ast.fix_missing_locations(made)
                key = f"{inside}: {operator.__name__}: {_change(node, made)}"
                yield Mutant(key, line, parent, name, place, made)
        yield from _below(node, inside, line)


def _children(parent: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    for name, value in ast.iter_fields(parent):
        if isinstance(value, ast.AST):
            yield name, None, value
        elif isinstance(value, list):
            for place, one in enumerate(value):
                if isinstance(one, ast.AST):
                    yield name, place, one


def _is_no_value(name: str) -> bool:
    """Return whether a field holds an annotation, a decorator, a base class or a pattern."""
    return name in ("annotation", "returns", "decorator_list", "bases", "pattern", "type_params")


def _change(node: ast.AST, made: ast.AST | None) -> str:
    return f"{_words(node)} -> {_words(made)}"


def _words(node: ast.AST | None) -> str:
    if node is None:
        return "nothing"
    if isinstance(node, ast.cmpop | ast.boolop | ast.operator):
        return type(node).__name__
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
