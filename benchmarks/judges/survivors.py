"""Mutants of the judges that no test notices although they make a difference, and why."""

SPINNING = "properties/engine/spinning.py"
LEARNT = (
    "it changes when a rest is learnt to be short, which a later look takes back: how long a run "
    "takes, and no verdict; the tests of verdicts have no clock for that"
)

SURVIVORS = {
    "properties/client/invariants/reports_output_error.py: constant: 'write(2)' -> 'write(2)_'": (
        "it is the source that a report names; the tests read that of some invariants"
    ),
    f"{SPINNING}:SpinDetector.spinning: constant: 1000000000.0 -> 1000000001.0": (
        "a second that is a nanosecond longer is below what the kernel counts"
    ),
    f"{SPINNING}:RestDetector.__init__: constant: False -> True": LEARNT,
    f"{SPINNING}:RestDetector._rests: joined: bool(timed) and before is not None and "
    "(not settled.restless(before... -> bool(timed) and (not settled.restless(before, "
    "self._others))": "the look before is there whenever threads are timed in both",
    f"{SPINNING}:RestDetector._rests: joined: self._was_still and (not is_still) -> "
    "not is_still": LEARNT,
    f"{SPINNING}:RestDetector._is_awake: joined: self._was_still and any((not one.sleeps and "
    "one.tid == one.pid for ... -> any((not one.sleeps and one.tid == one.pid for one in "
    "seen.threads))": LEARNT,
    f"{SPINNING}:RestDetector._is_awake: renamed: any -> all": LEARNT,
    f"{SPINNING}:RestDetector._is_awake: constant: False -> True": LEARNT,
    "target/settled.py:Look: constant: False -> True (3)": (
        "whether two looks with different witnesses are equal is asked by nobody"
    ),
}
"""The name of the mutant, and why no test notices it."""
