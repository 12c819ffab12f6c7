"""Mutation testing of the judges: which mutants there are, and that tests notice them."""

import ast
import subprocess
import sys

import pytest

from benchmarks.judges.equivalent import EQUIVALENT
from benchmarks.judges.imports import ROOT, parsed
from benchmarks.judges.mutants import mutants_of
from benchmarks.judges.table import missing
from benchmarks.trust_file import figures

NO_SPIN = "properties/server/invariants/no_spin.py"


def changes(source: str) -> set[str]:
    """Return what the mutants of a module in one line become."""
    return {mutant.key.partition(" -> ")[2] for mutant in mutants_of(ast.parse(source), "m.py")}


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("x = a < b", {"a <= b", "a >= b", "nothing"}),
        ("x = a in b", {"a not in b", "nothing"}),
        ("x = a and b", {"a or b", "a", "b", "nothing"}),
        ("x = not a", {"a", "nothing"}),
        ("x = y if a else z", {"y if not a else z", "nothing"}),
        ("x = 4", {"5", "3", "nothing"}),
        ("x = True", {"False", "nothing"}),
        ("x = 'fired'", {"'fired_'", "nothing"}),
        ("x = 'it was fired'", {"nothing"}),
        ("x = f'{a + b}'", {"nothing"}),
        ("x = any(y)", {"all", "nothing"}),
        ("x = {a, b}", {"{a}", "{b}", "nothing"}),
        (
            "x = Verdict.passed()",
            {"nothing", "lambda *_, **__: Verdict.inconclusive('another verdict')"},
        ),
        ("def f(a: int = 1) -> int: return a", {"2", "0", "return None"}),
        ("def f():\n  'It does.'\n  return False", {"True"}),
        ("import a", set()),
    ],
)
def test_each_operator_makes_its_mutants(source: str, made: set[str]) -> None:
    assert changes(source) == made


def test_a_mutant_changes_one_place_and_is_known_by_it() -> None:
    tree = ast.parse("class A:\n  def f(self): return 1 + 1")
    mutants = mutants_of(tree, "m.py")
    keys = [mutant.key for mutant in mutants]
    assert "m.py:A.f: constant: 1 -> 2" in keys
    assert "m.py:A.f: constant: 1 -> 2 (2)" in keys
    mutants[keys.index("m.py:A.f: constant: 1 -> 2 (2)")].apply()
    assert ast.unparse(tree).endswith("return 1 + 2")


def test_a_mistake_in_a_judge_is_noticed_by_its_tests() -> None:
    mutant = mutants_of(parsed(NO_SPIN), NO_SPIN)[0]
    words = [sys.executable, "-m", "benchmarks.judges", "--mutant", mutant.key, NO_SPIN]
    made = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert made.stdout == f"killed: {mutant.key}\n"


def test_all_that_the_table_names_is_there() -> None:
    assert missing() == []


def test_what_is_called_equivalent_is_a_mutant_that_survived() -> None:
    modules = figures()["judges"]["modules"]
    survived = {key for one in modules.values() for key in one["survived"]}
    assert set(EQUIVALENT) - survived == set()


def test_nine_of_ten_mistakes_in_the_judges_are_noticed() -> None:
    modules = figures()["judges"]["modules"].values()
    killed, mutants = (sum(one[name] for one in modules) for name in ("killed", "mutants"))
    assert killed >= 0.9 * mutants
