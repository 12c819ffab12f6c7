"""The pytest plugin that is loaded in every run of pytest where anechoic is installed.

It declares the options and the fixture, and imports nothing of ours that is heavy until the suite
or the fixture is used: a project that has packages called `properties` or `target` of its own is
not affected. The suite's own plugin is `properties.pytest_plugin.plugin`.
"""

import contextlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .loading import ROOT, load

WEAK = {"anechoic_warn": "warn", "anechoic_note": "note"}
"""The properties of reports that tell of violations which fail no test, and how they are shown."""

SUITE_PLUGIN = "properties.pytest_plugin.plugin"


def _flags() -> tuple[Any, ...]:
    """Return the options. Their module is loaded by its file, not as one of a package."""
    path = Path(ROOT) / "properties" / "running" / "option_list.py"
    spec = importlib.util.spec_from_file_location("anechoic._option_list", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return tuple(flag for flag in module.FLAGS if flag.pytest)


FLAGS = _flags()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `anechoic check`, each with the prefix --anechoic."""
    group = parser.getgroup("anechoic", "fault injection and conformance tests for echo servers")
    for flag in FLAGS:
        group.addoption(flag.prefixed, **flag.settings)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Use one worker for a server of which there is only one."""
    is_shared = config.option.anechoic_address or config.option.anechoic_port
    if is_shared and getattr(config.option, "numprocesses", None):
        config.option.numprocesses = 1


def pytest_configure(config: pytest.Config) -> None:
    """Register the suite's plugin where an option asks for it; choose the seed for all workers."""
    config.addinivalue_line("markers", "anechoic: a part of the conformance suite")
    _choose_seed(config)
    if _is_asked_for(config):
        plugin = load(SUITE_PLUGIN)
        if not config.pluginmanager.is_registered(plugin):
            config.pluginmanager.register(plugin, SUITE_PLUGIN)


def _choose_seed(config: pytest.Config) -> None:
    """Choose a seed where none was given, the same for all workers."""
    config.option.anechoic_seed_was_given = config.option.anechoic_seed is not None
    if config.option.anechoic_seed is None:
        chosen = getattr(config, "workerinput", {}).get("anechoic_seed")
        # Machines that share a plan must draw the same.
        drawn = 0 if config.option.anechoic_shard else int.from_bytes(os.urandom(4), "big")
        config.option.anechoic_seed = drawn if chosen is None else chosen


def _is_asked_for(config: pytest.Config) -> bool:
    """Return whether an option was given that only the suite uses."""
    given = (flag for flag in FLAGS if flag.name != "seed")
    return any(
        getattr(config.option, flag.destination) != flag.settings["default"] for flag in given
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the seed to an xdist worker: all of them must use the same."""
    node.workerinput["anechoic_seed"] = node.config.option.anechoic_seed


@pytest.fixture
def anechoic_check(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Return a function like `anechoic.check` that raises AssertionError for violations.

    Options of this run of pytest apply: --anechoic-seed, --anechoic-max-examples, and so on.
    """
    checking: Callable[..., Any] = load("properties.pytest_plugin.conformance").checking_with(
        request.node
    )
    return checking


@pytest.fixture
def gated() -> Iterator[Callable[..., Any]]:
    """Return a function like `anechoic.gated`; what it has started ends with the test."""
    with contextlib.ExitStack() as started:
        start = load("properties.gated.program").gated

        def started_with_the_test(*arguments: Any, **named: Any) -> Any:
            return started.enter_context(start(*arguments, **named))

        yield started_with_the_test


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show what was violated without failing a test, where no grid shows it."""
    controller = config.pluginmanager.getplugin("anechoic-controller")
    if controller is not None and controller.shows_the_grid:
        return
    lines = list(_weak_lines(terminalreporter.stats))
    if lines:
        terminalreporter.section("anechoic: violations that fail no test")
    for line in lines:
        terminalreporter.write_line(line)


def _weak_lines(reports: dict[str, list[Any]]) -> Iterator[str]:
    for report in (one for kind in reports.values() for one in kind):
        if getattr(report, "when", None) == "call":
            for name, words in report.user_properties:
                if name in WEAK:
                    yield f"{WEAK[name]} {report.nodeid}: {words}"
