"""What is the checkout's own: no xdist worker outlives the process that controls it."""

import pytest

from properties.lifetime import die_with_parent


def pytest_configure(config: pytest.Config) -> None:
    """Ask the kernel to end a worker with its controller."""
    if hasattr(config, "workerinput"):
        die_with_parent()
