"""Cases that are kept in Redis besides a folder: fetched before a run, added to after it."""

from dataclasses import replace

from properties.cases.case import FOLDER
from properties.cases.redis_store import RedisCases, StoreError, store_at
from properties.running.errors import UsageError
from properties.running.option_list import Options
from properties.running.run import Run


def with_cases(options: Options) -> tuple[Options, RedisCases | None]:
    """Return options whose cases are in a folder, and the store that they come from.

    Raises UsageError where it cannot be reached.
    """
    try:
        store = store_at(options.cases)
        if store is None:
            return options, None
        store.pull(FOLDER)
    except StoreError as error:
        raise UsageError(f"--cases {error}") from None
    return replace(options, cases=None), store


def share_cases(run: Run, store: RedisCases | None) -> None:
    """Add the smallest cases of a run to a store; where that fails, they count as unwritten."""
    if store is None:
        return
    failures = (one for name in run.invariants for one in run.smallest_failures(name.id))
    try:
        store.push(failure.path for failure in failures if failure.path)
    except StoreError as error:
        run.unwritten.append(f"the cases could not be shared: {error}")
