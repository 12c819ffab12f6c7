"""The suite: a test for each part of a run.

A part is a number of workloads with a seed of its own (`properties.running.plan`), so that a family
is spread over all xdist workers. Every workload is judged by every invariant.
"""

from collections.abc import Iterator

import pytest

from properties.cases.regressions import read_known
from properties.model.harness import Harness
from properties.model.verdict import Outcome
from properties.pytest_plugin import plugin
from properties.pytest_plugin.controller import settings_in
from properties.pytest_plugin.keys import (
    KNOWN,
    Unfinished,
    findings_key,
    progress_key,
    unfinished_key,
)
from properties.pytest_plugin.weak import record_service, record_weak
from properties.roles import harness_for
from properties.running.plan import Part, PartKind, plan
from properties.running.process_lifetime import die_with_parent
from properties.running.runner import progress_of, run_part
from properties.running.settings import Settings
from properties.search.findings import Findings
from target.foreign_text import harmless

FIXTURES = {
    "known": PartKind.KNOWN,
    "choices": PartKind.SWEEP,
    "part": PartKind.WORKLOADS,
    "sequel": PartKind.FOLLOW_UP,
}
"""By the argument of a test: the kind of the parts that it runs."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make the tests from the options."""
    config = metafunc.config
    if not config.pluginmanager.is_registered(plugin):
        config.pluginmanager.register(plugin)
    settings = settings_in(config)
    parts = plan(settings, read_known(getattr(config.option, KNOWN, ()), settings.role))
    for argument, kind in FIXTURES.items():
        if argument in metafunc.fixturenames:
            chosen = [part for part in parts if part.kind is kind]
            metafunc.parametrize(argument, chosen, ids=[part.id for part in chosen])


@pytest.fixture(scope="session")
def settings(pytestconfig: pytest.Config) -> Settings:
    """Return the checked options of this run."""
    return settings_in(pytestconfig)


@pytest.fixture(scope="session")
def harness(pytestconfig: pytest.Config, settings: Settings) -> Iterator[Harness]:
    """Return this worker's harness; its server is stopped when the session ends."""
    if hasattr(pytestconfig, "workerinput"):
        die_with_parent()
    harness = harness_for(settings.target, settings.rules, settings.role.invariants)
    yield harness
    harness.close()


@pytest.mark.anechoic
def test_known(
    known: Part, settings: Settings, harness: Harness, request: pytest.FixtureRequest
) -> None:
    """Judge a case of an earlier run, before new workloads are generated."""
    _run(known, settings, harness, request)


@pytest.mark.anechoic
def test_sweep(
    choices: Part, settings: Settings, harness: Harness, request: pytest.FixtureRequest
) -> None:
    """Judge finite choices of one fault family, each once."""
    _run(choices, settings, harness, request)


@pytest.mark.anechoic
def test_workloads(
    part: Part, settings: Settings, harness: Harness, request: pytest.FixtureRequest
) -> None:
    """Judge a number of workloads of one fault family."""
    _run(part, settings, harness, request)


@pytest.mark.anechoic
def test_sequel(
    sequel: Part, settings: Settings, harness: Harness, request: pytest.FixtureRequest
) -> None:
    """Judge the follow-up of a workload of one fault family."""
    _run(sequel, settings, harness, request)


def _run(part: Part, settings: Settings, harness: Harness, request: pytest.FixtureRequest) -> None:
    """Run a part, hand its findings to the report, and fail where an invariant was violated.

    A violation that is weaker than `--level` says does not fail the test.
    """
    stash, node = request.config.stash, request.node
    on_progress = stash.get(progress_key, lambda _: None)

    def progress(findings: Findings) -> None:
        stash[unfinished_key] = Unfinished(node.nodeid, node.location, findings)
        on_progress(progress_of(part, findings))

    findings = run_part(part, settings, harness, progress)
    stash[unfinished_key] = None
    node.stash[findings_key] = findings.as_data()
    record_weak(node, [findings], settings.level)
    record_service(node, settings.service)
    for outcome, lines in _lines(findings, settings):
        if lines:
            pytest.fail(f"{outcome.value}\n" + "\n".join(lines), pytrace=False)


def _lines(findings: Findings, settings: Settings) -> Iterator[tuple[Outcome, list[str]]]:
    """Return what fails a test: violations that are strong enough, then doubt."""
    cells = findings.both()
    level = settings.level
    yield (
        Outcome.FAIL,
        [harmless(f"{name}: {cell.reason}") for name, cell in cells if cell.fails(level)],
    )
    yield (
        Outcome.INCONCLUSIVE,
        [harmless(f"{name}: {cell.reason}") for name, cell in cells if cell.is_in_doubt(level)],
    )
