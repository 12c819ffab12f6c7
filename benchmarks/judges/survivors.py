"""Mutants of the judges that no test notices although they make a difference, and why."""

WAITING = "properties/engine/waiting.py"
READ_SOONER = (
    "it moves the moment from which the processor time of a wait is counted, by a few milliseconds "
    "where the patience is a few hundredths of a second"
)

SURVIVORS = {
    "properties/client/invariants/reports_output_error.py: constant: 'write(2)' -> 'write(2)_'": (
        "it is the source that a report names; the tests read that of some invariants"
    ),
    f"{WAITING}:Quiescence._conclude: constant: 2 -> 3": READ_SOONER,
    f"{WAITING}:Quiescence._conclude: constant: 2 -> 1": READ_SOONER,
    "target/settled.py:Look: constant: False -> True (3)": (
        "it is whether a look is printed with its witness, which is only read where a test fails"
    ),
}
"""The name of the mutant, and why no test notices it."""
