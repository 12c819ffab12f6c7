"""Servers that start and fork in no time, one right and one with zombies; and the reference."""

import sys
from pathlib import Path

from tests.compiled import compiled
from tests.mutants.catalogue import MUTANTS, VARIANTS, build

REFERENCE = (sys.executable, "-P", "-m", "target.tcpserv04", "--port", "{port}")
"""The command of the bundled reference server, as a user may type it."""

RIGHT = next(one for one in VARIANTS if one.name == "sa_restart")
WITH_ZOMBIES = next(one for one in MUTANTS if one.name == "reap_none")
DEADLY_ERRORS = Path(__file__).parents[1] / "servers" / "deadly_errors.c"


def right() -> tuple[str, ...]:
    """Compile a server that conforms; return its command."""
    return build(RIGHT)


def with_zombies() -> tuple[str, ...]:
    """Compile a server that never reaps; return its command."""
    return build(WITH_ZOMBIES)


def ends_after(*errors: str) -> tuple[str, ...]:
    """Compile a server that ends after these errors of accept(), and one of fork()."""
    deadly = " || ".join(f"(error) == {error}" for error in errors)
    made = compiled(DEADLY_ERRORS, ("cc", "-O1", "-pthread", f"-DDEADLY(error)=({deadly})"))
    return (str(made), "{port}")
