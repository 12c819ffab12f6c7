"""The suite as a pytest plugin: how its findings reach its report.

`anechoic.plugin` registers it where the suite is run. Where workloads run, the suite puts its
findings into the stash of the test. From there they travel with the test report, as plain data that
xdist can carry, to the controlling process, where a `Controller` merges them into one
`properties.running.run.Run`.
"""

import contextlib
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

import pytest

from properties.pytest_plugin import remote_worker
from properties.pytest_plugin.conformance import in_shard
from properties.pytest_plugin.controller import Controller, with_prefix
from properties.pytest_plugin.keys import (
    CHANNEL,
    KNOWN,
    RECEIVER,
    STOP,
    findings_key,
    listeners_key,
    progress_key,
    receiver_key,
)
from properties.pytest_plugin.remote_worker import THERE
from properties.pytest_plugin.unfinished import Gathers, HandsOver
from properties.running.division.shard import shard_called
from properties.running.errors import UsageError
from properties.running.listener import RunListener
from properties.running.option_list import options_in
from properties.running.process_lifetime import ROOT
from properties.running.progress.parts import (
    OnProgress,
    PartProgress,
    ProgressReceiver,
    ProgressSender,
    decoded,
    encoded,
)

SUITE = ROOT / "properties" / "suite"
REPLAYS = SUITE / "test_replay.py"
"""The test that runs cases again, and takes the place of all others when there are some."""


def pytest_configure(config: pytest.Config) -> None:
    """Collect findings in the controlling process; report progress to it from a worker."""
    if hasattr(config, "workerinput"):
        setattr(config.option, KNOWN, config.workerinput.get(KNOWN, []))
        if (channel := config.workerinput.get(CHANNEL)) is not None:
            config.stash[progress_key] = _sender_to(channel, config.workerinput["workerid"])
        elif address := config.workerinput.get(RECEIVER):
            sender = ProgressSender(address, config.workerinput["workerid"])
            config.stash[progress_key] = sender.send
        stop = config.workerinput.get(STOP)
        # Only there can signals be handled; execnet has it do the work, unless it is told not to.
        if stop is not None and current_thread() is main_thread():
            config.pluginmanager.register(HandsOver(stop))
        return
    config.stash[listeners_key] = listeners = list[RunListener]()

    def progressed(progress: PartProgress) -> None:
        for listener in listeners:
            listener.progressed(progress)

    config.stash[progress_key] = progressed
    config.pluginmanager.register(Controller(config), "anechoic-controller")
    config.pluginmanager.register(Gathers())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass to an xdist worker what was not on the command line, which it would not get."""
    node.workerinput[KNOWN] = getattr(node.config.option, KNOWN, [])
    if not node.gateway.spec.popen:
        node.workerinput[CHANNEL] = _channel_from(node)
    elif receiver := _receiver_of(node.config):
        node.workerinput[RECEIVER] = receiver.address


def _channel_from(node: Any) -> Any:
    """Return a channel over which a worker on another machine reports progress."""
    on_progress = node.config.stash[progress_key]
    where = str(node.gateway.spec.ssh or node.gateway.spec.socket or "").split()[-1:]
    channel = node.gateway.newchannel()

    def received(words: bytes) -> None:
        if (progress := decoded(words)) is not None:
            on_progress(replace(progress, worker=" on ".join([progress.worker, *where])))

    channel.setcallback(received)
    return channel


def _sender_to(channel: Any, worker: str) -> OnProgress:
    def send(progress: PartProgress) -> None:
        # The controlling process may have gone.
        with contextlib.suppress(OSError):
            channel.send(encoded(progress, worker))

    return send


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: list[Any]) -> None:
    """Have workers on other machines use what is installed there: nothing is copied.

    Where other tests than the suite are run, xdist copies what they need.
    """
    given = [str(word) for word in config.invocation_params.args]
    words = [_there(word) for word in given]
    if words == given or all(spec.popen for spec in specs):
        return
    config.pluginmanager.getplugin("dsession").nodemanager.roots = []
    config.invocation_params = replace(config.invocation_params, args=tuple(words))
    config.pluginmanager.register(RemoteWorkers())


def _there(argument: str) -> str:
    """Return an argument in which the folder of the suite means the same on every machine."""
    suite = str(SUITE)
    if argument.startswith(suite):
        return f"{THERE}{argument.removeprefix(suite).removeprefix('/')}"
    return argument


class RemoteWorkers:
    """A pytest plugin where workers are on other machines: the program that becomes a worker."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_getremotemodule(self) -> Any:
        """Return it."""
        return remote_worker


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
    try:
        shard = shard_called(options_in(config.option).shard)
    except UsageError as error:
        raise pytest.UsageError(with_prefix(error)) from None
    if shard is not None:
        others = [item for item in items if not in_shard(item, shard)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]
