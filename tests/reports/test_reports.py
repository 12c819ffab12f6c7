"""Every mistake of the catalogue is found without luck, and no corrected twin is accused."""

import re
from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet

from tests.chambers import with_a_wire
from tests.mutants.catalogue import CLIENT_FAULTS, CLIENT_INVARIANTS, FAULTS, INVARIANTS, TOP
from tests.reports.catalogue import REPORTS, Report, is_missing
from tests.reports.trying import accused, choices, finds

EXHAUSTIVE = pytest.mark.exhaustive
REPORTED = re.compile(r"[\w.-]+/[\w.-]+#\d+")
PAGE = (TOP / "docs" / "public-reports.md").read_text(encoding="utf-8")


ONE_OF_EACH_KIND = frozenset(
    {
        "cli_output_unchecked",
        "console_is_listener",
        "log_mutex_in_handler",
        "master_computes",
        "urgent_never_taken",
        "waits_for_its_clients",
    }
)
"""Their corrected twins are judged in every run, the others where that is asked for."""


def each(
    reports: Iterable[Report], in_every_run: frozenset[str] | None = None
) -> list[ParameterSet]:
    """Return programs as a test's parameters; those that cannot be run here are skipped.

    `in_every_run` None: all of them.
    """
    return [
        pytest.param(
            one,
            id=one.name,
            marks=[
                pytest.mark.skipif(bool(is_missing(one)), reason=f"no {is_missing(one)} here"),
                *([] if in_every_run is None or one.name in in_every_run else [EXHAUSTIVE]),
            ],
        )
        for one in reports
    ]


def test_there_are_enough_reports() -> None:
    assert len({one.reported[0] for one in REPORTS}) == len(REPORTS) >= 31
    assert sum(not one.missed for one in REPORTS) >= 26


@pytest.mark.parametrize("report", REPORTS, ids=[one.name for one in REPORTS])
def test_a_header_names_reports_a_family_and_an_invariant(report: Report) -> None:
    is_server = report.role.value == "server"
    assert all(REPORTED.fullmatch(one) for one in report.reported)
    assert report.invariant in (INVARIANTS if is_server else CLIENT_INVARIANTS)
    assert report.fault in (FAULTS if is_server else CLIENT_FAULTS)


@pytest.mark.parametrize("report", each(one for one in REPORTS if not one.missed))
def test_a_swept_choice_shows_the_mistake_and_not_in_the_corrected_twin(report: Report) -> None:
    with_a_wire(lambda: _is_shown_and_not_in_the_twin(report))


def _is_shown_and_not_in_the_twin(report: Report) -> None:
    found = next(finds(report), None)
    assert found is not None
    assert accused(report, [found.choice]) == {}


@pytest.mark.parametrize("report", each(REPORTS, ONE_OF_EACH_KIND))
def test_the_corrected_twin_conforms_in_the_choices_that_matter_most(report: Report) -> None:
    assert accused(report, (choice for choice in choices(report) if choice.matters)) == {}


@pytest.mark.parametrize("report", REPORTS, ids=[one.name for one in REPORTS])
def test_the_page_has_a_row_for_it(report: Report) -> None:
    (row,) = [line for line in PAGE.splitlines() if f"`{report.path.name}`" in line]
    assert all(one in row for one in (*report.reported, report.invariant, report.fault))
