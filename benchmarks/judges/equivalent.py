"""Mutants that are no mistakes: nothing that can happen shows the difference.

The keys are those that `python -m benchmarks.judges` prints with --mutant; the values say why.
"""

EQUIVALENT: dict[str, str] = {}
