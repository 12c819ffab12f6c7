"""Several runs keep cases in one folder: none loses what another has found."""

import threading
from pathlib import Path

import pytest

from properties.cases.shared_folder import identity_of, remove_own, write_new
from properties.model.verdict import Verdict
from properties.running.preflight import planned
from properties.running.run import Run
from properties.search.findings import Failure, Findings
from tests.properties.merging.test_merging import violated
from tests.properties.running.test_settings import settings


def found(run: Run, actual: str = "1 zombie") -> Findings:
    """Return what a part that goes on has found: a violation of no_zombies."""
    other = violated(planned(settings(seed=1)), actual)
    (case,) = [one.case for one in other.smallest_failures("no_zombies")]
    findings = Findings(case.fault, workloads=1)
    findings.cells["no_zombies"].note(Verdict.failed(actual))
    findings.cells["no_zombies"].keep(Failure(case, 1))
    return findings


def test_of_many_writers_one_is_the_first_and_its_file_is_whole(tmp_path: Path) -> None:
    path, gate = tmp_path / "a.json", threading.Barrier(8)
    first: list[str] = []

    def write(content: str) -> None:
        gate.wait()
        if write_new(path, content):
            first.append(content)

    writers = [threading.Thread(target=write, args=(f"{n}" * 100_000,)) for n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert first == [path.read_text(encoding="utf-8")]
    assert list(tmp_path.iterdir()) == [path]


def test_what_another_run_has_replaced_is_not_removed(tmp_path: Path) -> None:
    path, other = tmp_path / "a.json", tmp_path / "b"
    assert write_new(path, "ours")
    ours = identity_of(path)
    other.write_text("theirs", encoding="utf-8")
    other.replace(path)
    remove_own(str(path), ours)
    assert path.read_text(encoding="utf-8") == "theirs"


def test_our_own_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    assert write_new(path, "ours")
    remove_own(str(path), identity_of(path))
    remove_own(str(path), identity_of(path))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_new(tmp_path / "none" / "a.json", "ours")


@pytest.mark.parametrize("theirs_is_first", [True, False])
def test_the_first_case_of_one_run_is_not_taken_from_another(
    tmp_path: Path, theirs_is_first: bool
) -> None:
    ours, theirs = (planned(settings(seed=1, cases=str(tmp_path))) for _ in range(2))
    for run in (theirs, ours) if theirs_is_first else (ours, theirs):
        run.first_violations(found(run))
    # Theirs turns out to be none.
    (theirs if not theirs_is_first else ours).remove_refuted_cases()
    assert len(list(tmp_path.iterdir())) == 1
