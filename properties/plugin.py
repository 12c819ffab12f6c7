"""The pytest plugin: the suite's options, its findings on their way, its report.

It is loaded in every pytest run on a machine where anechoic is installed, so it imports nothing of
weight before the suite's tests are really run.

Where workloads run, the suite puts its findings into the stash of the test. From there they travel
with the test report, as plain data that xdist can carry, to the controlling process, where a
`Collector` merges them into one `properties.run.Run`.
"""

import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from properties.option_list import OPTIONS, REPLAY_OPTIONS
from properties.progress import Ear, Hear, Speaker, Underway

if TYPE_CHECKING:
    from properties.run import Run

EXPLICIT = ("server", "client", "address", "port", "fault", "expect")
"""Options that nobody gives who does not want the suite: their target is tried out at the start."""

ROOT = Path(__file__).resolve().parents[1]
"""The folder that the packages are in: the checkout, or where they are installed."""

REPLAYS = ROOT / "properties" / "suite" / "test_replay.py"
"""The test that runs cases again, and takes the place of all others when there are some."""

REPLAY = "anechoic_replay"
"""The property of a report that carries the answer of a replay."""

KNOWN = "anechoic_known"
"""The option in which the controlling process tells its workers which cases are known."""

TOLD = "anechoic_told"
"""What the controlling process tells its workers besides the command line."""

SUITE = "test_conformance.py::"
"""What the names of the suite's tests have in common."""

findings_key = pytest.StashKey[dict[str, Any]]()
"""Of a test: what it has found."""

run_key: pytest.StashKey["Run"] = pytest.StashKey()
"""Of the configuration of the controlling process: the run so far."""

progress_key = pytest.StashKey[Hear]()
"""Of the configuration of a process that runs workloads: whom to tell of each."""

hearers_key = pytest.StashKey[list[Hear]]()
"""Of the configuration of the controlling process: who wants to hear how far each part is."""

ear_key = pytest.StashKey[Ear]()
"""Of the configuration of the controlling process: what hears its workers."""

EAR = "anechoic_ear"
"""What the controlling process tells its workers to be told of workloads by: an address."""


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options of `anechoic check` to pytest, where the suite may be run.

    Elsewhere they would take names such as --host and --port from other people's tests.
    """
    config: pytest.Config | None = pluginmanager.get_plugin("pytestconfig")
    if config is None or not _may_run_the_suite(config.invocation_params):
        return
    group = parser.getgroup("anechoic", "fault injection and conformance tests for echo servers")
    for option in (*OPTIONS, *REPLAY_OPTIONS):
        group.addoption(option.name, **option.settings)


def _may_run_the_suite(called: pytest.Config.InvocationParams) -> bool:
    words = [str(word).partition("::")[0] for word in called.args]
    if "--pyargs" in words and any(word.partition(".")[0] == "properties" for word in words):
        return True
    named = {(called.dir / word).resolve() for word in words if not word.startswith("-")}
    return any(
        place == ROOT or place.is_relative_to(ROOT / "properties") for place in {called.dir, *named}
    )


def has_options(config: pytest.Config) -> bool:
    """Tell whether this run of pytest knows the suite's options."""
    return hasattr(config.option, "anechoic_seed")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the suite's marker; collect findings in the controlling process."""
    config.addinivalue_line("markers", "anechoic: a part of the conformance suite")
    if hasattr(config, "workerinput"):
        vars(config.option).update(config.workerinput.get(TOLD, {}))
        if address := config.workerinput.get(EAR):
            config.stash[progress_key] = Speaker(address, config.workerinput["workerid"]).tell
    else:
        config.stash[hearers_key] = hearers = list[Hear]()

        def tell_all(underway: Underway) -> None:
            for hear in hearers:
                hear(underway)

        config.stash[progress_key] = tell_all
        from properties.collector import Collector

        config.pluginmanager.register(Collector(config), "anechoic-collector")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker what was not on the command line: it gets nothing else."""
    told = {name: getattr(node.config.option, name, None) for name in ("anechoic_seed", KNOWN)}
    node.workerinput[TOLD] = {name: value for name, value in told.items() if value is not None}
    if ear := _ear_of(node.config):
        node.workerinput[EAR] = ear.address


def _ear_of(config: pytest.Config) -> Ear | None:
    """Return what hears this process's workers, None where nobody wants to hear of them."""
    if not config.stash[hearers_key]:
        return None
    if ear_key not in config.stash:
        config.stash[ear_key] = ear = Ear(config.stash[progress_key])
        config.add_cleanup(ear.close)
    return config.stash[ear_key]


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Choose the seed, once for all workers; give a server of which there is one to one worker."""
    if not has_options(config):
        return
    if config.getoption("anechoic_seed") is None:
        config.option.anechoic_seed = int.from_bytes(os.urandom(4), "big")
    is_shared = config.getoption("address") or config.getoption("port")
    if is_shared and getattr(config.option, "numprocesses", None):
        config.option.numprocesses = 1


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


def tell_known(config: pytest.Config, cases: tuple[Path, ...]) -> None:
    """Tell all workers of the cases to try first: they must agree on what tests there are."""
    setattr(config.option, KNOWN, [str(path) for path in cases])


def replays(config: pytest.Config) -> list[str]:
    """Return the cases that are to be run again."""
    return list(getattr(config.option, "anechoic_replay", None) or ())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the replays where there is nothing to replay."""
    return True if collection_path == REPLAYS and not replays(config) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--replay` run only that; without known cases there is no test of them."""
    if replays(config):
        others = [item for item in items if item.path != REPLAYS]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item.path == REPLAYS]
    items[:] = [item for item in items if not item.name.endswith("test_known[NOTSET]")]
