"""`anechoic check` with options of pytest: the plan is run by pytest, as a suite of tests.

The report is our own instead of pytest's.
"""

import contextlib
import os
import shlex
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest.junitxml import LogXML, xml_key
from _pytest.terminal import TerminalReporter
from execnet.gateway_bootstrap import HostNotFound

from properties.cli import machines
from properties.pytest_plugin.controller import name_known_cases
from properties.pytest_plugin.keys import listeners_key, run_key
from properties.reports.registry import JUNIT, Output
from properties.reports.terminal import complain
from properties.running.errors import UsageError
from properties.running.exit_status import INTERNAL_ERROR, ExitStatus
from properties.running.listener import RunListener
from properties.running.option_list import FLAGS, Options
from properties.running.process_lifetime import INTERRUPTION, ROOT
from properties.running.run import Run

SUITE = ROOT / "properties" / "suite"
WITH_PARENT = ROOT / "properties" / "pytest_plugin" / "with_parent.py"
PLUGIN = "properties.pytest_plugin.plugin"


class OwnReport:
    """A pytest plugin: hands the run and its listeners over, and silences pytest's reporter."""

    def __init__(self, run: Run, listeners: Sequence[RunListener], made: list[Output]) -> None:
        self._run = run
        self._made = made
        self._listeners = listeners
        self._session: pytest.Session | None = None
        self.internal_error = ""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Silence pytest's reporter, and hand over the run and its listeners."""
        config.stash[run_key] = self._run
        name_known_cases(config, self._run)
        config.stash[listeners_key].extend(self._listeners)
        old = config.pluginmanager.getplugin("terminalreporter")
        if old is not None:
            config.pluginmanager.unregister(old)
            # xdist and others expect one to be there; the file lives as long as the process.
            silent = TerminalReporter(config, open(os.devnull, "w"))  # noqa: SIM115
            config.pluginmanager.register(silent, "terminalreporter")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Store why the suite itself could not be loaded."""
        if report.failed:
            self.internal_error = str(report.longrepr)

    def pytest_runtest_logreport(self) -> None:
        """Stop where an interruption came in code that does not let it through."""
        if INTERRUPTION.came and self._session is not None:
            self._session.shouldstop = "interrupted"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep the session, to stop it."""
        self._session = session

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None]:
        """Let nothing interrupt what ends the run; keep the JUnit report, to be written later.

        Our own report is printed first, and what cannot be written is told as of our own files.
        """
        with (
            INTERRUPTION.put_off(),
            _kept(session.config.stash.get(xml_key, None), self._made),
        ):
            yield

    def pytest_internalerror(
        self, excrepr: object, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> None:
        """Store what went wrong in pytest itself, or that a machine has gone."""
        if isinstance(excinfo.value, HostNotFound):
            # A worker was lost, and xdist could not start another one in its place.
            name = machines.called(str(excinfo.value))
            self._run.errors.append(f"{name}: it cannot be reached any more; the run ended there")
            return
        self.internal_error = str(excrepr)


@contextlib.contextmanager
def _kept(junit: LogXML | None, made: list[Output]) -> Iterator[None]:
    """Have pytest write its report, where there is one, into memory, from where `made` gets it."""
    if junit is None:
        yield
        return
    if INTERRUPTION.came:
        junit.add_global_property("anechoic", "partial: the run was interrupted")
    path = Path(junit.logfile)
    with open(os.memfd_create("junit"), encoding="utf-8") as memory:
        junit.logfile = f"/proc/self/fd/{memory.fileno()}"
        yield
        content = memory.read()
    # As pytest does.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    made.append(Output(JUNIT, str(path), lambda: content))


def run_through_pytest(
    run: Run,
    options: Options,
    workers: int,
    for_pytest: Sequence[str],
    listeners: Sequence[RunListener],
    made: list[Output],
) -> int | None:
    """Run the suite; return an exit status that does not follow from what was found, or None.

    `for_pytest` are arguments that are passed on to pytest, `listeners` follow the run; `made` gets
    the files that its plugins make. Raises KeyboardInterrupt.
    """
    report = OwnReport(run, listeners, made)
    try:
        others = machines.others_in(for_pytest)
        machines.prepare(others, run, options)
    except UsageError as error:
        complain(str(error))
        return ExitStatus.USAGE
    distribution = _distribution(workers, for_pytest)
    words = [*_own_arguments(options), *distribution, *machines.for_machines(for_pytest)]
    status = pytest.main(words, plugins=[report])
    if report.internal_error:
        complain(f"{report.internal_error}\npytest, or what it has loaded, is at fault")
        return INTERNAL_ERROR
    if status == pytest.ExitCode.USAGE_ERROR:
        complain("anechoic check --help lists the options; the command of a target goes after --")
        return ExitStatus.USAGE
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        if run.parts:
            run.errors.append("nothing was run: no part of the suite was selected")
        return None
    stopped_at_a_violation = options.fail_fast and run.status is ExitStatus.VIOLATION
    if status == pytest.ExitCode.INTERRUPTED and not stopped_at_a_violation:
        raise KeyboardInterrupt
    if status != pytest.ExitCode.OK:
        run.require_a_cause()
    return None


def _as_argument(name: str, value: Any) -> list[str]:
    if value is None or value is False:
        return []
    return [name if value is True else f"{name}={value}"]


def _distribution(workers: int, for_pytest: Sequence[str]) -> list[str]:
    """Return the options for so many of xdist's workers, which end with this process.

    Where the user says where workers are (--tx), there are those.
    """
    if machines.given_in(for_pytest):
        return ["--dist=load"]
    if workers <= 1:
        return []
    words = [sys.executable, "-I", "-S", str(WITH_PARENT), str(os.getpid())]
    return ["--dist=load", f"--tx={workers}*popen//python={shlex.join(words)}"]


def _own_arguments(options: Options) -> list[str]:
    arguments = [str(SUITE), "-p", PLUGIN, "-c", str(SUITE / "pytest.ini")]
    # Without its temporary directories: xdist would make one, and nothing would remove it.
    arguments += ["--rootdir", str(SUITE), "-p", "no:tmpdir"]
    # Its summary would load all of Hypothesis at the end of workers that have drawn nothing yet.
    arguments += ["-p", "no:hypothesispytest"]
    # An interruption that it would take for a warning must be raised (`process_lifetime`).
    arguments += ["-p", "no:unraisableexception"]
    for flag in FLAGS:
        value = getattr(options, flag.name)
        # We write the files ourselves, after the report, and the events: they go on until then.
        if flag.pytest and flag.name != "jsonl":
            for one in value if isinstance(value, list) else [value]:
                arguments += _as_argument(flag.prefixed, one)
    if options.fail_fast:
        arguments.append("--exitfirst")
    return arguments
