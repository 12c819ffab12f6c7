"""What all tests share: a state directory of their own, where made cases are written down."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def state_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests make out of the user's record; what they start inherits the variable.

    All workers have the same: a case that one has made is one of this user for all.
    """
    before = os.environ.get("XDG_STATE_HOME")
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    os.environ["XDG_STATE_HOME"] = str(shared / "state")
    yield
    if before is None:
        del os.environ["XDG_STATE_HOME"]
    else:
        os.environ["XDG_STATE_HOME"] = before
