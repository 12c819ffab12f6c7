"""What the parts that go on have found when a run of pytest is interrupted.

xdist's workers are told over a channel: a signal would reach only those of this machine. Each is
interrupted as the controlling process was, and its last message carries what its part has found.
It becomes the report of a test, so that pytest's own plugins (`--junitxml`) have it as well.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from queue import Empty
from typing import Any

import pytest

from properties.pytest_plugin.keys import STOP, UNFINISHED, unfinished_key
from properties.running.process_lifetime import INTERRUPTION

PATIENCE = 5.0
"""Seconds in which workers hand over what they have."""

TOLD = signal.SIGUSR2
"""What a worker sends itself when it is told to stop. A shell that starts a run in the background
has it ignore SIGINT."""


class HandsOver:
    """A plugin of a worker: is interrupted when it is told so, and hands over what it has."""

    def __init__(self, channel: Any) -> None:
        INTERRUPTION.catch(TOLD)
        channel.setcallback(lambda _: os.kill(os.getpid(), TOLD))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Put what an interrupted part has found into the worker's last message."""
        unfinished = session.config.stash.get(unfinished_key, None)
        if unfinished is not None:
            session.config.workeroutput[UNFINISHED] = unfinished.as_data()  # type: ignore[attr-defined]


class Gathers:
    """A plugin of the controlling process: gathers what was found in parts that have no end."""

    def __init__(self) -> None:
        self._channels: dict[Any, Any] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give a worker the channel over which it is told to stop."""
        self._channels[node] = node.workerinput[STOP] = node.gateway.newchannel()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Forget a worker that has ended."""
        self._channels.pop(node, None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Drop what has no line from the traceback: pytest fails at it, and loses the run."""
        excinfo.traceback = excinfo.traceback.filter(_has_a_line)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Report each part that was interrupted, before files are written."""
        if exitstatus != pytest.ExitCode.INTERRUPTED:
            return
        here = session.config.stash.get(unfinished_key, None)
        own = [] if here is None else [(here.as_data(), None)]
        for data, node in [*own, *self._of_workers(session)]:
            report = _report(*data)
            if node is not None:
                report.node = node  # type: ignore[attr-defined]
            session.config.hook.pytest_runtest_logreport(report=report)

    def _of_workers(self, session: pytest.Session) -> Iterator[tuple[list[Any], Any]]:
        distributed = session.config.pluginmanager.getplugin("dsession")
        for channel in self._channels.values():
            with contextlib.suppress(OSError):
                channel.send(None)
        deadline = time.monotonic() + PATIENCE
        while self._channels and (left := deadline - time.monotonic()) > 0:
            try:
                name, what = distributed.queue.get(timeout=left)
            except Empty:
                return
            if name == "testreport":
                distributed.worker_testreport(**what)
            elif name in ("workerfinished", "errordown"):
                self._channels.pop(node := what["node"], None)
                if data := getattr(node, "workeroutput", {}).get(UNFINISHED):
                    yield data, node


def _has_a_line(entry: Any) -> bool:
    """Tell whether it has one. The compiler's own instructions have none (PEP 626)."""
    try:
        return isinstance(entry.lineno, int)
    except TypeError:
        return False


def _report(
    nodeid: str, location: tuple[str, int | None, str], data: dict[str, Any]
) -> pytest.TestReport:
    """Return the report of a part that has no end: the controller says whether it has failed."""
    report = pytest.TestReport(
        nodeid=nodeid,
        location=location,
        keywords={},
        outcome="passed",
        longrepr=None,
        when="call",
    )
    report.anechoic, report.anechoic_unfinished = data, True  # type: ignore[attr-defined]
    return report
