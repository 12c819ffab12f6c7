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

EXPLICIT = ("server", "client", "address", "port", "fault")
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

run_key = pytest.StashKey["Run"]()
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


def _has_options(config: pytest.Config) -> bool:
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
    if not _has_options(config):
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


def _replays(config: pytest.Config) -> list[str]:
    return list(getattr(config.option, "anechoic_replay", None) or ())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the replays where there is nothing to replay."""
    return True if collection_path == REPLAYS and not _replays(config) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--replay` run only that; without known cases there is no test of them."""
    if _replays(config):
        others = [item for item in items if item.path != REPLAYS]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item.path == REPLAYS]
    items[:] = [item for item in items if not item.name.endswith("test_known[NOTSET]")]


class Collector:
    """In the controlling process: tries the target out, merges findings, answers with a status."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._replayed: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Before anything is distributed, look whether there is a target at all."""
        config = self._config
        if run_key in config.stash or config.option.collectonly or not _has_options(config):
            return
        from properties.preflight import Refusal, known, looked_at, prepare, require_cases

        try:
            if _replays(config):
                require_cases(_replays(config), config.getoption("anechoic_times"))
            elif any(config.getoption(name) is not None for name in EXPLICIT):
                config.stash[run_key] = prepare(config.getoption)
                tell_known(config, config.stash[run_key].known)
            else:
                tell_known(config, known(looked_at(config.getoption)))
        except Refusal as refusal:
            pytest.exit(str(refusal), returncode=2)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one report."""
        if report.when == "call":
            properties = dict(report.user_properties)
            self._replayed += [str(properties[REPLAY])] if REPLAY in properties else []
        findings = getattr(report, "anechoic", None)
        error = getattr(report, "anechoic_error", None)
        target_error = getattr(report, "anechoic_target_error", None)
        if findings is not None:
            self._take_in(report, findings)
        elif target_error is not None and target_error not in self._run().target_errors:
            self._run().target_errors.append(target_error)
        elif error is not None or (report.failed and SUITE in report.nodeid):
            # xdist reports a worker that has died as a failure of what it was running.
            words = error or report.longrepr
            self._run().errors.append(f"{report.nodeid} could not be run:\n{words}")

    def _take_in(self, report: pytest.TestReport, data: dict[str, Any]) -> None:
        """Merge findings; a part that failed says how to see it again, also in `--junitxml`."""
        from properties.findings import from_data
        from properties.reports import text

        run, findings = self._run(), from_data(data)
        run.add(findings)
        run.keep_cases()
        if told := list(text.failures_of(run, findings.failed())):
            report.longrepr = "\n".join(told).strip()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write `--json`; answer 3 where nothing failed but something stayed inconclusive."""
        run = self._config.stash.get(run_key, None)
        if run is None or not _is_worth_keeping(run, session.exitstatus):
            return
        run.keep_cases()
        from properties.reports.written import write

        write([run], lambda name: self._config.getoption(name, None))
        if session.exitstatus == 0 and run.now_passing():
            session.exitstatus = 1
        if session.exitstatus == 1 and run.accounts_for(session.testsfailed):
            session.exitstatus = int(run.status)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Show the grid and the failures under pytest's own report."""
        for answer in self._replayed:
            terminalreporter.write_line(answer)
        run = self._config.stash.get(run_key, None)
        if run is not None and run.workloads:
            from properties.reports import text
            from properties.reports.screen import Screen

            terminalreporter.section("anechoic")
            for line in text.whole(run, Screen.standard()):
                terminalreporter.write_line(line)

    def _run(self) -> "Run":
        if run_key not in self._config.stash:
            from properties.options import checked
            from properties.run import Run

            self._config.stash[run_key] = Run(checked(self._config.getoption))
        return self._config.stash[run_key]


def _is_worth_keeping(run: "Run", exitstatus: int) -> bool:
    """Tell whether a run has come to its end, or has found something before it was stopped."""
    return exitstatus in (0, 1) or any(findings.failed() for findings in run.findings.values())
