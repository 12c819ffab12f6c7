"""What all tests share: a state directory of their own, where made cases are written down."""

import os
from collections.abc import Iterator

import pytest

from tests.compiled import shared_by_workers


@pytest.fixture(autouse=True, scope="session")
def state_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests make out of the user's record; what they start inherits the variable.

    All workers have the same: a case that one has made is one of this user for all.
    """
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(shared_by_workers(tmp_path_factory) / "state")
    yield
    if before is None:
        del os.environ["XDG_STATE_HOME"]
    else:
        os.environ["XDG_STATE_HOME"] = before
