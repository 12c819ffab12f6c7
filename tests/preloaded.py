"""A program with something beside its own code: `benchmarks/waking.c`, loaded into it."""

from tests.compiled import ROOT, compiled

WAKING = ROOT / "benchmarks" / "waking.c"
SHARED = ("cc", "-O1", "-shared", "-fPIC", "-pthread")

A_HANDLER = "ANECHOIC_ALARM"
"""It catches SIGALRM, which never comes."""

A_THREAD = "ANECHOIC_WAKING"
"""It has a thread more, which blocks all signals and wakes every half second."""


def preloaded(words: tuple[str, ...], what: str) -> tuple[str, ...]:
    """Return the command of a program that has one of these (ld.so(8), LD_PRELOAD)."""
    library = compiled(WAKING, SHARED, WAKING.with_suffix(".so").name)
    return ("env", f"LD_PRELOAD={library}", f"{what}=1", *words)
