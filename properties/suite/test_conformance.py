"""The suite: known cases, a test for each part of a fault family, and the sequels of some.

A part is a handful of workloads with a seed of its own, so that a family is spread over all xdist
workers. Every workload is judged by every invariant.
"""

import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from properties import cases
from properties.bench import Bench
from properties.benches import bench_for
from properties.explore import Exploration, Progress
from properties.families import Family
from properties.findings import Findings
from properties.known import RUNS, passed
from properties.lifetime import die_with_parent
from properties.options import Options, checked
from properties.plugin import KNOWN, findings_key, progress_key
from properties.progress import Underway
from properties.verdict import Outcome, Sequel


def _options(config: pytest.Config) -> Options:
    return checked(lambda name: config.getoption(name))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make the tests from the options."""
    options = _options(metafunc.config)
    if "known" in metafunc.fixturenames:
        paths = [Path(path) for path in getattr(metafunc.config.option, KNOWN, ())]
        metafunc.parametrize("known", paths, ids=[path.stem for path in paths])
    elif "part" in metafunc.fixturenames:
        ids = [f"{family.name}-{number}" for family, number, _ in options.parts]
        metafunc.parametrize("part", options.parts, ids=ids)
    elif "sequel" in metafunc.fixturenames:
        ids = [f"{family.name}-{sequel.name.lower()}" for family, sequel, _ in options.sequels]
        metafunc.parametrize("sequel", options.sequels, ids=ids)


@pytest.fixture(scope="session")
def options(request: pytest.FixtureRequest) -> Options:
    """Return the checked options of this run."""
    return _options(request.config)


@pytest.fixture(scope="session")
def laboratory(request: pytest.FixtureRequest, options: Options) -> Iterator[Bench]:
    """Return this worker's laboratory; its server is stopped when the session ends."""
    if hasattr(request.config, "workerinput"):
        die_with_parent()
    laboratory = bench_for(options.subject, options.rules)
    yield laboratory
    laboratory.close()


@pytest.mark.anechoic
def test_known(
    known: Path, options: Options, laboratory: Bench, request: pytest.FixtureRequest
) -> None:
    """Judge a case of an earlier run, before anything new is looked for."""
    case = cases.read(known)
    sequel = case.invariant.sequel
    exploration = Exploration(
        laboratory=laboratory,
        family=case.role.family(case.fault),
        examples=1,
        seed=options.seed,
        progress=_progress(request),
        sequel=sequel,
        baseline=options.baseline,
    )
    findings = exploration.again(case.workload, RUNS, partial(laboratory.try_with, sequel))
    if case.invariant.id not in findings.violated():
        findings.notes.append(passed(known, findings.workloads))
    _report(request, findings)


@pytest.mark.anechoic
def test_workloads(
    part: tuple[Family, int, int],
    options: Options,
    laboratory: Bench,
    request: pytest.FixtureRequest,
) -> None:
    """Judge a handful of workloads of one fault family."""
    family, number, examples = part
    exploration = Exploration(
        laboratory=laboratory,
        family=family,
        examples=examples,
        seed=_seed(options, family, number),
        progress=_progress(request),
        baseline=options.baseline,
    )
    _report(request, exploration.run(laboratory.try_out))


@pytest.mark.anechoic
def test_sequel(
    sequel: tuple[Family, Sequel, int],
    options: Options,
    laboratory: Bench,
    request: pytest.FixtureRequest,
) -> None:
    """Judge what follows a workload or two of one fault family."""
    family, made, examples = sequel
    exploration = Exploration(
        laboratory=laboratory,
        family=family,
        examples=examples,
        seed=_seed(options, family, -1),
        progress=_progress(request),
        sequel=made,
        baseline=options.baseline,
    )
    _report(request, exploration.run(partial(laboratory.try_with, made)))


def _progress(request: pytest.FixtureRequest) -> Progress:
    tell, part = request.config.stash.get(progress_key, None), request.node.nodeid
    if tell is None:
        return lambda _: None

    def made(findings: Findings) -> None:
        violated = tuple(findings.failed())
        tell(Underway(part, findings.family, findings.workloads, violated, findings.remark))

    return made


def _seed(options: Options, family: Family, number: int) -> int:
    return zlib.crc32(f"{options.seed} {family.name} {number}".encode())


def _report(request: pytest.FixtureRequest, findings: Findings) -> None:
    """Hand the findings to the report, and fail where an invariant did."""
    request.node.stash[findings_key] = findings.as_data()
    for outcome in (Outcome.FAIL, Outcome.INCONCLUSIVE):
        lines = [
            f"{name}: {cell.reason}"
            for name, cell in findings.cells.items()
            if cell.counts.get(outcome.value)
        ]
        if lines:
            pytest.fail(f"{outcome.value}\n" + "\n".join(lines), pytrace=False)
