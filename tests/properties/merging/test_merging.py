"""Results of several machines become one: nothing is lost, doubled, or taken for what it is not."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from properties.cases.case import Case
from properties.merging import junit
from properties.merging.joining import joined
from properties.merging.reading import runs_in
from properties.model.sweep import NOT_REACHED
from properties.model.verdict import Verdict
from properties.reports import markdown, swept, text
from properties.reports.registry import WRITERS
from properties.reports.terminal import Terminal
from properties.running.errors import UsageError
from properties.running.exit_status import ExitStatus
from properties.running.preflight import planned
from properties.running.rehearsal import has_schedules, is_rehearsal
from properties.running.run import Run
from properties.search.findings import Failure, Findings
from properties.server.invariants import no_zombies
from properties.server.role import SERVER
from properties.server.steps import Open
from tests.properties.running.test_settings import settings

HOSTILE = "\x1b[2J<script>alert(1)</script> | ```` [x](http://y) \u202e *b* @all"

KNOWN = {
    "invariant": "exact_echo",
    "fault": "",
    "message": "",
    "why": "",
    "sometimes": False,
    "level": None,
}
"""An entry of a baseline, as a record has it."""


def passed(run: Run) -> Run:
    """Return the run as if all its parts had passed."""
    for part in run.parts:
        findings = Findings(part.family.name, workloads=part.workloads, seconds=0.5)
        for choice in part.choices:
            findings.swept.setdefault(choice.group, {})[choice.value] = ""
        for invariant in run.invariants:
            findings.cells[invariant.id].note(Verdict.passed("held"))
        run.add(findings)
    run.seconds = float(len(run.parts))
    return run


def violated(run: Run, actual: str = "1 zombie", words: str = "mine") -> Run:
    """Add a violation of no_zombies under the first fault of the run."""
    family = run.parts[0].family.name
    case = Case(SERVER, no_zombies.INVARIANT, family, (Open(1),), actual, (words, "{port}"))
    findings = Findings(family, workloads=1)
    findings.cells["no_zombies"].note(Verdict.failed(actual))
    findings.cells["no_zombies"].keep(Failure(case, 1, "cases/a.json"))
    run.add(findings)
    run.parts_done -= 1
    return run


def shard(number: int, of: int = 2, **given: Any) -> Run:
    return passed(planned(settings(**{"seed": 1, "shard": f"{number}/{of}", **given})))


def written(folder: Path, *runs: Run) -> list[str]:
    """Write the result of each run; return the paths."""
    paths = []
    for run in runs:
        path = folder / f"{len(list(folder.iterdir()))}.json"
        path.write_text(WRITERS["json"]([run]), encoding="utf-8")
        paths.append(str(path))
    return paths


def merged(folder: Path, *runs: Run) -> list[Run]:
    return joined([one for path in written(folder, *runs) for one in runs_in(path)])


def refusal(folder: Path, *runs: Run) -> str:
    with pytest.raises(UsageError) as raised:
        merged(folder, *runs)
    return str(raised.value)


def test_all_shards_together_are_the_whole_run(tmp_path: Path) -> None:
    (one,) = merged(tmp_path, *(shard(number, 3) for number in (2, 3, 1)))
    whole = passed(planned(settings(seed=1)))
    assert one.status is whole.status is ExitStatus.CONFORMS
    assert one.workloads == whole.workloads
    assert one.seconds == whole.seconds
    assert one.swept() == whole.swept()
    assert all(found.tried == found.of for _, _, found in one.swept())
    ours, theirs = one.as_json(), whole.as_json()
    for name in ("target", "seed", "shard", "totals", "checks", "sweep", "partial", "exit_status"):
        assert ours[name] == theirs[name], name


def test_a_merged_result_can_be_merged_again(tmp_path: Path) -> None:
    (one,) = merged(tmp_path, shard(1), violated(shard(2)))
    (again,) = merged(tmp_path, one)
    assert again.as_json() == one.as_json()


def test_a_run_is_not_counted_twice(tmp_path: Path) -> None:
    whole = passed(planned(settings(seed=1)))
    assert "hold the same run: name one of them" in refusal(tmp_path, whole, whole)
    assert "may hold" in refusal(tmp_path, whole, shard(1))
    other = passed(planned(settings(seed=2)))
    assert len(merged(tmp_path, whole, other)) == 2


def test_a_violation_in_one_shard_is_one_of_the_whole(tmp_path: Path) -> None:
    (one,) = merged(tmp_path, shard(1), violated(shard(2)))
    assert one.status is ExitStatus.VIOLATION
    (failure,) = one.smallest_failures("no_zombies")
    assert (failure.actual, failure.path) == ("1 zombie", "cases/a.json")


def test_each_cause_stays_one_of_its_own(tmp_path: Path) -> None:
    actual = "the listener ended; the cause: EMFILE"
    (one,) = merged(tmp_path, violated(shard(1)), violated(shard(2), actual))
    assert {one.actual for one in one.smallest_failures("no_zombies")} == {"1 zombie", actual}


def test_a_missing_shard_is_told_and_nothing_conforms(tmp_path: Path) -> None:
    (one,) = merged(tmp_path, shard(1, 3), shard(3, 3))
    assert one.status is ExitStatus.INCONCLUSIVE
    assert one.as_json()["partial"] is True
    parts = len(planned(settings(seed=1, shard="2/3")).parts)
    assert one.errors == [f"shard 2/3 is missing, with {parts} parts of the plan"]
    assert any("in another shard that is missing" in line for line in swept.lines(one, 100))


def test_what_was_found_counts_also_where_a_shard_is_missing(tmp_path: Path) -> None:
    (one,) = merged(tmp_path, violated(shard(1)))
    assert one.status is ExitStatus.VIOLATION


def test_only_the_whole_can_be_better_than_its_baseline(tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    known.write_text('[[known]]\ninvariant = "no_zombies"\n', encoding="utf-8")
    shards = [shard(number, expect=str(known)) for number in (1, 2)]
    assert [run.now_passing() for run in shards] == [[], []]
    (tmp_path / "results").mkdir()
    (one,) = merged(tmp_path / "results", *shards)
    assert [entry.invariant for entry in one.now_passing()] == ["no_zombies"]
    assert one.status is ExitStatus.VIOLATION
    (tmp_path / "partial").mkdir()
    (partial,) = merged(tmp_path / "partial", shards[0])
    assert partial.now_passing() == []


def test_a_shard_that_has_not_learnt_which_schedules_there_are_is_merged(tmp_path: Path) -> None:
    runs = []
    # The last of three learns them.
    for number in (1, 2, 3):
        asked = settings(seed=1, shard=f"{number}/3", server="./mine {port}")
        runs.append(passed(planned(replace(asked, rehearses=has_schedules(asked)))))
    assert [any(map(is_rehearsal, run.parts)) for run in runs] == [False, False, True]
    (one,) = merged(tmp_path, *runs)
    assert one.elsewhere == ()
    assert one.errors == []


def test_an_interrupted_shard_makes_the_whole_partial(tmp_path: Path) -> None:
    first, second = shard(1), planned(settings(seed=1, shard="2/2"))
    second.interrupted = True
    (one,) = merged(tmp_path, first, second)
    assert one.exit_status == ExitStatus.INCONCLUSIVE
    assert f"shard 2/2 was interrupted when 0 of {len(second.parts)} parts were done" in one.errors
    missing = {why for _, _, found in one.swept() for why in found.missing.values()}
    assert missing == {NOT_REACHED}


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"seed": 2}, "the seed is 1 and 2"),
        ({"server": "./mine {port}"}, "the target is the bundled reference server"),
        ({"level": "should"}, "the level is must and should"),
        ({"service": "discard"}, "the service is echo and discard"),
        ({"shard": "2/3"}, "the number of shards is 2 and 3"),
        ({"shard": "1/2"}, "both shard 1/2"),
        ({"max_examples": 3}, "different plans"),
    ],
)
def test_shards_of_different_runs_are_not_merged(
    tmp_path: Path, other: dict[str, Any], words: str
) -> None:
    said = refusal(tmp_path, shard(1), shard(2, **other))
    assert words in said
    assert "\n" not in said


def test_shards_of_different_versions_are_not_merged(tmp_path: Path) -> None:
    one, other = shard(1), shard(2)
    other.origin = {**other.origin, "versions": {**other.origin["versions"], "anechoic": "9"}}
    assert "the version is" in refusal(tmp_path, one, other)


def test_whole_runs_of_several_targets_stand_beside_each_other(tmp_path: Path) -> None:
    runs = [passed(planned(settings(server=f"./{name} {{port}}"))) for name in "ab"]
    both = merged(tmp_path, *runs)
    assert [str(run.settings.target) for run in both] == ["./a {port}", "./b {port}"]
    written_again = json.loads(WRITERS["json"](both))
    assert written_again["target"] == "./a {port} and ./b {port}"
    assert len(written_again["records"]) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not JSON"),
        ('{"records": NaN}', "not JSON: NaN is no number"),
        ("[]", "no result"),
        ('{"records": []}', "no result"),
        ('{"records": [1]}', "another version"),
        ('{"records": [{"format": 1}]}', "cannot be read"),
    ],
)
def test_what_is_no_result_is_named(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        runs_in(str(path))
    with pytest.raises(UsageError, match="No such file"):
        runs_in(str(tmp_path / "none.json"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("shard", {"number": {}, "of": 2}),
        ("seconds", "long"),
        ("errors", [1]),
        ("findings", [{"family": "control"}]),
        ("role", "judge"),
        ("level", "shall"),
        ("families", ["control", "control"]),
        ("parts", [{"kind": "none"}]),
    ],
)
def test_a_damaged_record_is_told_in_one_sentence(tmp_path: Path, field: str, value: Any) -> None:
    (path,) = written(tmp_path, shard(1))
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    data["records"][0][field] = value
    Path(path).write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(UsageError, match="its record cannot be read") as raised:
        runs_in(path)
    assert "\n" not in str(raised.value)


TOO_LARGE = 10**400


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("shard", {}),
        ("shard", []),
        ("shard", 1),
        ("shard", "1/2"),
        ("shard", {"number": 1, "of": 10**9}),
        ("shard", {"number": 3, "of": 2}),
        ("shard", {"number": 0, "of": 2}),
        ("shard", {"number": True, "of": 2}),
        ("shard", {"number": 1}),
        ("shard", {"number": 1, "of": 2, "more": 3}),
        *(("seconds", value) for value in (TOO_LARGE, -1, True)),
        *(("findings.0.seconds", value) for value in (TOO_LARGE, -1)),
        *(("findings.0.workloads", value) for value in (-1, TOO_LARGE, True, 0.5)),
        *(("findings.0.bytes", value) for value in (-1, TOO_LARGE)),
        ("findings.0.cells.exact_echo.counts.pass", -1),
        ("findings.0.known", {"exact_echo": ["often", "why"]}),
        ("findings.0.known", {"exact_echo": [1, "why", "more"]}),
        ("findings.0.known", {"exact_echo": [1, ["why"]]}),
        ("parts.0.workloads", -1),
        ("parts.0.choices", [["kind", "value", "more"]]),
        ("parts_done", -1),
        ("seed", TOO_LARGE),
        ("port", 65536),
        ("port", True),
        ("words", [""]),
        ("words", []),
        ("words", [1]),
        ("families", ["control", "control"]),
        ("invariants", ["exact_echo", "exact_echo"]),
        ("baseline.known", [{**KNOWN, "service": 3}]),
    ],
)
def test_what_no_run_can_have_written_is_told_with_its_place(
    tmp_path: Path, place: str, value: Any
) -> None:
    (path,) = written(tmp_path, shard(1))
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    *above, last = place.split(".")
    table = data["records"][0]
    for name in above:
        table = table[int(name) if name.isdecimal() else name]
    table[last] = value
    Path(path).write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        runs_in(path)
    said = str(raised.value)
    assert said.startswith(f"{path}: its record cannot be read: what is wrong is record.{place}")
    assert said.endswith("; make the result anew with anechoic check --json")
    assert "\n" not in said


def test_a_part_with_a_number_of_thousands_of_digits_keeps_its_name(tmp_path: Path) -> None:
    (path,) = written(tmp_path, shard(1))
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    data["records"][0]["parts"][0]["id"] = name = f"control-{'9' * 5000}"
    Path(path).write_text(json.dumps(data), encoding="utf-8")
    (one,) = joined(runs_in(path))
    assert name in [part.id for part in one.parts]


def test_markdown_has_a_table_by_level_the_case_and_its_replay(tmp_path: Path) -> None:
    (one,) = merged(tmp_path, shard(1), violated(shard(2)))
    lines = markdown.page([one]).splitlines()
    assert lines[0] == "## `the bundled reference server (target.tcpserv04)` does not conform"
    assert "| MUST | 1 (fails the run) | no\\_zombies | 1 |" in lines
    assert "anechoic replay cases/a.json" in lines
    assert "Seen&#58; 1 zombie" in "\n".join(lines) or "Seen: 1 zombie" in lines


def test_markdown_shows_foreign_text_and_obeys_none_of_it(tmp_path: Path) -> None:
    run = violated(shard(1), HOSTILE)
    run.findings[run.parts[0].family.name].notes.append(HOSTILE)
    page = markdown.page([replace(run)])
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "<script" not in page
    assert "[x](" not in page
    assert "@all" not in page
    assert "http://" not in page


def test_code_and_blocks_hold_what_has_backquotes() -> None:
    assert markdown.code("a`b") == "`` a`b ``"
    assert "\n````text\n```\n````\n" in "".join(markdown.block(["```"]))


def test_junit_has_a_case_for_each_cell_and_fails_what_fails(tmp_path: Path) -> None:
    (one,) = merged(tmp_path, shard(1), violated(shard(2), HOSTILE))
    page = junit.page([one])
    suite = ET.fromstring(page.partition("\n")[2])[0]
    assert suite.attrib["tests"] == str(len(one.cells()))
    assert suite.attrib["failures"] == "1"
    (failure,) = suite.iter("failure")
    assert "\\x1b" in failure.attrib["message"]
    assert "no_zombies" in str(failure.text)


def test_the_report_says_what_it_was_made_of(tmp_path: Path) -> None:
    (one,) = merged(tmp_path, shard(1), shard(2))
    report = " ".join("\n".join(text.whole(one, Terminal.nowhere())).split())
    assert "merged from 2 of 2 shards" in report
