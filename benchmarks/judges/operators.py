"""What a mutation may do to one node of a syntax tree.

Each operator takes a node and yields what may stand in its place. The operators are the usual ones
(Offutt et al. 1996: relational, logical and arithmetic operators, constants, removed statements),
and some that belong to judges: another verdict, any for all, one member of a set left out.
"""

import ast
from collections.abc import Callable, Iterator
from copy import copy

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.RShift: ast.LShift,
    ast.LShift: ast.RShift,
}
NAMES = {"any": "all", "all": "any", "min": "max", "max": "min"}
VERDICTS = {
    "failed": ("passed", "inconclusive"),
    "passed": ("inconclusive",),
    "inconclusive": ("passed",),
    "not_applicable": ("passed",),
    "not_tried": ("passed",),
}
REMOVABLE = (
    ast.Assign,
    ast.AugAssign,
    ast.Expr,
    ast.For,
    ast.If,
    ast.Raise,
    ast.Continue,
    ast.Break,
)
CERTAIN = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
"""Comparisons of which the opposite is made by another operator already."""

Made = Iterator[ast.AST | None]
"""What may stand in the place of a node; None where it may be left out."""


def compared(node: ast.AST) -> Made:
    """Yield a comparison with another operator."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in COMPARED[type(operator)]:
                made = copy(node)
                made.ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                yield made


def joined(node: ast.AST) -> Made:
    """Yield and for or, or for and; and each condition left out."""
    if isinstance(node, ast.BoolOp):
        other: ast.boolop = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield ast.BoolOp(other, node.values)
        for place in range(len(node.values)):
            rest = [*node.values[:place], *node.values[place + 1 :]]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def negated(node: ast.AST) -> Made:
    """Yield what is negated, without `not`; and each condition of a branch with it."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not _has_an_opposite(node.test):
        made = copy(node)
        made.test = ast.UnaryOp(ast.Not(), node.test)
        yield made
    if isinstance(node, ast.comprehension):
        for place, test in enumerate(node.ifs):
            rest = [*node.ifs[:place], *node.ifs[place + 1 :]]
            kinder = copy(node)
            kinder.ifs = rest
            yield kinder
            if not _has_an_opposite(test):
                opposite = copy(node)
                opposite.ifs = [*rest, ast.UnaryOp(ast.Not(), test)]
                yield opposite


def _has_an_opposite(test: ast.expr) -> bool:
    if isinstance(test, ast.Compare):
        return isinstance(test.ops[0], CERTAIN)
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def constant(node: ast.AST) -> Made:
    """Yield another constant: the other truth, a number beside it, another name.

    What has a blank in it is a sentence, and decides nothing.
    """
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)
    elif isinstance(value, str) and value and " " not in value:
        yield ast.Constant(f"{value}_")


def calculated(node: ast.AST) -> Made:
    """Yield another arithmetic operator."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in CALCULATED:
        made = copy(node)
        made.op = CALCULATED[type(node.op)]()
        yield made


def renamed(node: ast.AST) -> Made:
    """Yield any for all, min for max, and the other way round."""
    if isinstance(node, ast.Name) and node.id in NAMES:
        yield ast.Name(NAMES[node.id], node.ctx)


def judged(node: ast.AST) -> Made:
    """Yield another verdict."""
    if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Verdict":
        for other in VERDICTS.get(node.attr, ()):
            call = ast.parse(f"lambda *_, **__: Verdict.{other}('another verdict')", mode="eval")
            yield ast.Attribute(node.value, "passed") if other == "passed" else call.body


def returned(node: ast.AST) -> Made:
    """Yield a return without its value, where that is not a false one anyway."""
    if not isinstance(node, ast.Return) or node.value is None:
        return
    if not isinstance(node.value, ast.Constant) or node.value.value:
        yield ast.Return(ast.Constant(None))


def left_out(node: ast.AST) -> Made:
    """Yield nothing in the place of a statement, and each member of a collection left out."""
    if isinstance(node, REMOVABLE) and not is_docstring(node):
        yield None
    if isinstance(node, ast.Tuple | ast.Set | ast.List) and len(node.elts) > 1:
        for place in range(len(node.elts)):
            made = copy(node)
            made.elts = [*node.elts[:place], *node.elts[place + 1 :]]
            yield made


def swapped(node: ast.AST) -> Made:
    """Yield a match without one of its cases."""
    if isinstance(node, ast.Match) and len(node.cases) > 1:
        for place in range(len(node.cases)):
            made = copy(node)
            made.cases = [*node.cases[:place], *node.cases[place + 1 :]]
            yield made


def is_docstring(node: ast.AST) -> bool:
    """Return whether a statement is a string and nothing else."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


OPERATORS: tuple[Callable[[ast.AST], Made], ...] = (
    compared,
    joined,
    negated,
    constant,
    calculated,
    renamed,
    judged,
    returned,
    left_out,
    swapped,
)
