"""The suite as a pytest plugin: how its findings reach its report.

`anechoic.plugin` registers it where the suite is run. Where workloads run, the suite puts its
findings into the stash of the test. From there they travel with the test report, as plain data that
xdist can carry, to the controlling process, where a `Controller` merges them into one
`properties.running.run.Run`.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from properties.pytest_plugin.controller import Controller
from properties.pytest_plugin.keys import (
    KNOWN,
    RECEIVER,
    findings_key,
    listeners_key,
    progress_key,
    receiver_key,
)
from properties.running.listener import RunListener
from properties.running.option_list import options_in
from properties.running.process_lifetime import ROOT
from properties.running.progress import PartProgress, ProgressReceiver, ProgressSender

REPLAYS = ROOT / "properties" / "suite" / "test_replay.py"
"""The test that runs cases again, and takes the place of all others when there are some."""


def pytest_configure(config: pytest.Config) -> None:
    """Collect findings in the controlling process; report progress to it from a worker."""
    if hasattr(config, "workerinput"):
        setattr(config.option, KNOWN, config.workerinput.get(KNOWN, []))
        if address := config.workerinput.get(RECEIVER):
            sender = ProgressSender(address, config.workerinput["workerid"])
            config.stash[progress_key] = sender.send
        return
    config.stash[listeners_key] = listeners = list[RunListener]()

    def progressed(progress: PartProgress) -> None:
        for listener in listeners:
            listener.progressed(progress)

    config.stash[progress_key] = progressed
    config.pluginmanager.register(Controller(config), "anechoic-controller")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass to an xdist worker what was not on the command line, which it would not get."""
    node.workerinput[KNOWN] = getattr(node.config.option, KNOWN, [])
    if receiver := _receiver_of(node.config):
        node.workerinput[RECEIVER] = receiver.address


def _receiver_of(config: pytest.Config) -> ProgressReceiver | None:
    """Return the receiver of the workers' progress, None where the run has no listeners."""
    if not config.stash[listeners_key]:
        return None
    if receiver_key not in config.stash:
        config.stash[receiver_key] = receiver = ProgressReceiver(config.stash[progress_key])
        config.add_cleanup(receiver.close)
    return config.stash[receiver_key]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach what a part has found to its report, or that it could not be run."""
    report = yield
    if item.get_closest_marker("anechoic"):
        findings = item.stash.get(findings_key, None)
        if report.when == "call" and findings is not None:
            report.anechoic = findings  # type: ignore[attr-defined]
        elif call.excinfo is not None and call.excinfo.typename == "TargetError":
            report.anechoic_target_error = str(call.excinfo.value)  # type: ignore[attr-defined]
        elif report.failed:
            report.anechoic_error = str(report.longrepr)  # type: ignore[attr-defined]
    return report


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the replays where there is nothing to replay."""
    return True if collection_path == REPLAYS and not options_in(config.option).replay else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--anechoic-replay` run only that; without known cases there is no test of them."""
    if options_in(config.option).replay:
        others = [item for item in items if item.path != REPLAYS]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item.path == REPLAYS]
    items[:] = [item for item in items if not item.name.endswith("test_known[NOTSET]")]
