"""What is the checkout's own: short names of options, how many xdist workers, and their end."""

import gc
import os

import pytest

from properties.pytest_plugin import plugin
from properties.running.option_list import FLAGS
from properties.running.process_lifetime import die_with_parent
from tests.compiled import keep_bytecode
from tests.longest_first import Durations, longest_first

WORKERS_A_CORE = 2
"""Tests wait for other processes half of their time; with more workers each wait costs more."""


def pytest_xdist_auto_num_workers() -> int | None:
    """Say how many workers `-n auto` is; None leaves it to xdist and its environment variable."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    return WORKERS_A_CORE * len(os.sched_getaffinity(0))


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Let a worker that has nothing left to do take tests from one that has slow ones."""
    if getattr(config.option, "numprocesses", None) and config.option.dist == "no":
        config.option.dist = "worksteal"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that asks for all tests, and the short names of anechoic's options.

    Elsewhere only `--anechoic-server` and so on exist: names such as --host belong to others.
    """
    parser.addoption(
        "--exhaustive",
        action="store_true",
        help="also run the tests that show more of what others show already",
    )
    parser.addoption(
        "--keep-durations",
        action="store_true",
        help="write down how long tests take, for the order in which workers run them",
    )
    group = parser.getgroup("anechoic", "fault injection and conformance tests for echo servers")
    for flag in FLAGS:
        if flag.pytest:
            group.addoption(flag.short, **flag.settings)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is only run when it is asked for."""
    if not config.getoption("exhaustive", default=False):
        left_out = [item for item in items if item.get_closest_marker("exhaustive")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("exhaustive")]
    if hasattr(config, "workerinput"):
        items[:] = longest_first(items, config.workerinput["workercount"])


def pytest_collection_finish() -> None:
    """Let the garbage collector leave out the tests themselves: they stay until the end."""
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Register the suite's plugin, and ask the kernel to end a worker with its controller."""
    keep_bytecode()
    if not config.pluginmanager.is_registered(plugin):
        config.pluginmanager.register(plugin)
    if hasattr(config, "workerinput"):
        die_with_parent()
    elif config.getoption("--keep-durations"):
        config.pluginmanager.register(Durations())
