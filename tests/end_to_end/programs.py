"""Two servers in C, which start and fork in no time: one that is right, and one with zombies."""

from tests.mutants.catalogue import MUTANTS, VARIANTS, build

RIGHT = next(one for one in VARIANTS if one.name == "sa_restart")
WITH_ZOMBIES = next(one for one in MUTANTS if one.name == "reap_none")


def right() -> tuple[str, ...]:
    """Compile a server that conforms; return its command."""
    return build(RIGHT)


def with_zombies() -> tuple[str, ...]:
    """Compile a server that never reaps; return its command."""
    return build(WITH_ZOMBIES)
