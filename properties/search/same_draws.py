"""The same draws from one seed, wherever anechoic is installed and whatever else is loaded.

Now and then Hypothesis draws a constant from the sources of the modules that are loaded. In a
checkout it parses all of ours for that, in each process. Where anechoic is installed it does not
look into them, and draws other workloads. There is no setting for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis.internal.conjecture import providers

COLLECTS = "_get_local_constants"
NEEDED = (COLLECTS, "GLOBAL_CONSTANTS", "CONSTANTS_CACHE")


@contextmanager
def same_draws_everywhere() -> Iterator[None]:
    """Let Hypothesis draw no constants of loaded modules inside the block.

    With a version of Hypothesis that collects none, or in another way, nothing is changed.
    """
    if not all(hasattr(providers, name) for name in NEEDED):
        yield
        return
    original, nothing = getattr(providers, COLLECTS), type(providers.GLOBAL_CONSTANTS)()
    providers.CONSTANTS_CACHE.cache.clear()
    setattr(providers, COLLECTS, lambda: nothing)
    try:
        yield
    finally:
        setattr(providers, COLLECTS, original)
        providers.CONSTANTS_CACHE.cache.clear()
