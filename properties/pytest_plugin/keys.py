"""What is kept in pytest's stashes and handed to xdist's workers, by name."""

from typing import Any, NamedTuple

import pytest

from properties.running.listener import RunListener
from properties.running.progress.parts import OnProgress, ProgressReceiver
from properties.running.run import Run
from properties.search.findings import Findings


class Unfinished(NamedTuple):
    """The part that a process runs: its test, and its findings so far."""

    nodeid: str
    location: tuple[str, int | None, str]
    findings: Findings

    def as_data(self) -> list[Any]:
        """Return it as what xdist can carry."""
        return [self.nodeid, self.location, self.findings.as_data()]


findings_key = pytest.StashKey[dict[str, object]]()
"""Of a test: what it has found, as JSON data."""

unfinished_key = pytest.StashKey[Unfinished | None]()
"""Of the configuration of a process that runs workloads: what the part that goes on has found."""

run_key = pytest.StashKey[Run]()
"""Of the configuration of the controlling process: the run so far."""

listeners_key = pytest.StashKey[list[RunListener]]()
"""Of the configuration of the controlling process: the listeners of the run."""

progress_key = pytest.StashKey[OnProgress]()
"""Of the configuration of a process that runs workloads: what is called after each."""

receiver_key = pytest.StashKey[ProgressReceiver]()
"""Of the configuration of the controlling process: the receiver of its workers' progress."""

REPLAY = "anechoic_replay"
"""The property of a report that carries the result of a replay."""

KNOWN = "anechoic_known"
"""The attribute of the options, and of what workers get, that lists the known cases."""

RECEIVER = "anechoic_receiver"
"""The address to which workers report progress."""

CHANNEL = "anechoic_channel"
"""The channel over which a worker on another machine reports progress."""

STOP = "anechoic_stop"
"""The channel over which a worker is told that the run was interrupted."""

UNFINISHED = "anechoic_unfinished"
"""What a worker's last message calls the findings of a part that was interrupted."""
