"""The documentation keeps up: every fault, invariant, option and page is where a reader looks."""

import argparse
import glob
import json
import re
import shlex
from itertools import takewhile
from pathlib import Path

import pytest

from properties.cases.case import FORMAT, case_as_data, case_from_data
from properties.compare import options as comparison
from properties.compare.implementation_list import OF_AN_ENTRY, OF_NEEDS, READY, read
from properties.grading import options as grading
from properties.grading.rubric import OF_A_RUBRIC, OF_A_STAGE
from properties.grading.rubric import READY as READY_RUBRIC
from properties.grading.rubric import read as read_rubric
from properties.model.levels import EXCEPTIONS
from properties.model.role import Role
from properties.roles import ROLES
from properties.running.baseline import KINDS
from properties.running.exit_status import INTERNAL_ERROR, INTERRUPTED, ExitStatus
from properties.running.keywords import Keywords
from properties.running.option_list import FLAGS
from properties.services.registry import SERVICES

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OTHERS = [
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "examples" / "README.md",
    ROOT / "tests" / "README.md",
]
ALL = [*PAGES, *OTHERS]
BOTH = pytest.mark.parametrize("role", ROLES.values(), ids=[name.value for name in ROLES])
EACH = pytest.mark.parametrize("path", ALL, ids=[str(path.relative_to(ROOT)) for path in ALL])

PARTS = "target|faults|properties|tests|docs|benchmarks|examples"

MOST_LINES = 200
"""Lines of the README: what a newcomer reads in one go."""


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def plain(words: str) -> str:
    return " ".join(words.split())


def links_in(path: Path) -> list[str]:
    """Return the links of a page to other files."""
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    return [link for link in links if "://" not in link]


@BOTH
def test_every_invariant_has_its_requirement_its_source_and_what_could_fool_it(role: Role) -> None:
    _, heading, rest = page("docs/invariants.md").partition(f"## {role.name.value.capitalize()}s\n")
    assert heading
    part_of_role = rest.partition("\n## ")[0]
    parts = part_of_role.split("\n### ")[1:]
    sections = {part.partition("\n")[0]: plain(part) for part in parts}
    assert list(sections) == [invariant.id for invariant in role.invariants]
    for invariant in role.invariants:
        section = sections[invariant.id]
        assert invariant.requirement in section
        assert invariant.section.split()[0] in section
        for label in ("**Requirement:**", "**Source:**", "**Observed**", "**Could fool it:**"):
            assert label in section or (invariant.id, role.name.value) == ("no_spin", "client")


@BOTH
def test_every_fault_family_is_described(role: Role) -> None:
    described, _, rest = page("docs/faults.md").partition("## Faults of a client")
    table = rest if role.name.value == "client" else described
    for family in role.families:
        assert f"| `{family.name}` |" in table or f"`{family.name}` has" in table, family.name


def test_the_table_of_levels_is_that_of_the_code() -> None:
    lines = page("docs/levels.md").splitlines()
    start = lines.index(
        "| level | what was done | what was violated | source | why it is no stronger |"
    )
    shown = [line.replace("`", "") for line in takewhile(bool, lines[start + 2 :])]
    assert shown == [
        f"| {row.level.name} | {row.done} | {row.violated} | {row.source} | {row.reason} |"
        for row in EXCEPTIONS
    ]


def test_every_option_is_on_the_page_of_where_it_exists() -> None:
    checking, in_pytest = page("docs/checking.md"), page("docs/pytest.md")
    rows = set(re.findall(r"^\| `(--[\w-]+)", checking, re.MULTILINE))
    assert rows == {flag.short for flag in FLAGS if flag.command_line}
    assert set(re.findall(r"`(--anechoic-[\w-]+)[` ]", in_pytest)) == {
        flag.prefixed for flag in FLAGS if flag.pytest
    }
    assert "`anechoic --version`" in checking


def test_every_option_and_key_of_a_comparison_is_described() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    comparison.add_to(parser)
    options = re.findall(r"--[\w-]+", parser.format_help())
    text = page("docs/compare.md")
    assert [name for name in options if not re.search(f"`{name}[ `]", text)] == []
    assert [key for key in (*OF_AN_ENTRY, *OF_NEEDS) if f"`{key}`" not in text] == []


def test_every_option_and_key_of_a_grade_is_described() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    grading.add_to(parser)
    options = re.findall(r"--[\w-]+", parser.format_help())
    text = page("docs/grading.md")
    assert [name for name in options if not re.search(f"`{name}[ `]", text)] == []
    assert [key for key in (*OF_A_RUBRIC, *OF_A_STAGE) if f"`{key}`" not in text] == []
    for stage in read_rubric(READY_RUBRIC).stages:
        assert f"| {stage.name} | {stage.points:g} |" in text


def test_every_key_of_a_baseline_is_described() -> None:
    text = page("docs/baseline.md")
    assert [key for key in KINDS if f"{key} = " not in text] == []


@pytest.mark.parametrize("name", ["README.md", "docs/verdicts.md"])
def test_every_exit_status_is_described(name: str) -> None:
    rows = re.findall(r"^\| (\d+) \|", page(name), re.MULTILINE)
    assert rows == [str(int(status)) for status in (*ExitStatus, INTERNAL_ERROR, INTERRUPTED)]


def test_the_case_that_is_shown_can_be_read_and_each_field_is_described() -> None:
    text = page("docs/cases.md")
    _, _, rest = text.partition("```json\n")
    shown = rest.partition("```")[0]
    case = case_from_data(json.loads(shown))
    data = case_as_data(case)
    assert data["anechoic_case"] == json.loads(shown)["anechoic_case"] == FORMAT
    assert f"The format is {FORMAT}." in text
    assert [field for field in data if f"`{field}`" not in text] == []


def test_the_page_about_comparing_counts_the_ready_list() -> None:
    ready = read(READY)
    clients = sum(one.role.value == "client" for one in ready)
    assert f"{len(ready) - clients} real servers, {clients} clients" in page("docs/compare.md")


def test_every_service_that_needs_no_file_is_named_where_the_option_is() -> None:
    row = next(line for line in page("docs/checking.md").splitlines() if "| `--service" in line)
    assert [name for name in SERVICES if f"`{name}`" not in row] == []


def test_every_keyword_of_a_run_in_python_is_named() -> None:
    told = page("docs/api.md")
    assert [name for name in Keywords.__annotations__ if f"`{name}`" not in told] == []


def test_a_result_that_is_shown_has_a_cell_for_each_invariant_of_today() -> None:
    counts = [
        (path.name, int(cells))
        for path in ALL
        for cells in re.findall(r"\d+ of (\d+) cells", path.read_text(encoding="utf-8"))
    ]
    widths = [len(role.invariants) for role in ROLES.values()]
    assert counts
    assert [one for one in counts if all(one[1] % width for width in widths)] == []


@EACH
def test_links_lead_to_files_that_are_there(path: Path) -> None:
    assert [link for link in links_in(path) if not (path.parent / link).exists()] == []


@EACH
def test_files_and_folders_that_are_named_are_there(path: Path) -> None:
    named = re.findall(rf"`((?:{PARTS})/[\w./-]*)`", path.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@EACH
def test_no_page_tells_of_the_machine_it_was_written_on(path: Path) -> None:
    private = r"/(?:home|root|work)/\S*|/tmp/(?!hsperfdata)\S*"
    assert re.findall(private, path.read_text(encoding="utf-8")) == []


def test_every_page_is_named_in_the_index_on_one_line() -> None:
    rows = re.findall(r"^\| \[([\w-]+\.md)\]\(\1\) \| .", page("docs/README.md"), re.MULTILINE)
    assert sorted(rows) == [path.name for path in PAGES[1:] if path.name != "README.md"]


def test_the_readme_leads_to_the_index() -> None:
    assert "docs/README.md" in links_in(ROOT / "README.md")


def test_the_readme_is_short() -> None:
    assert len(page("README.md").splitlines()) <= MOST_LINES


def test_the_readme_starts_with_the_user_s_own_server_and_says_how_long_it_takes() -> None:
    commands = re.findall(r"^\$ (anechoic .*|pytest .*)$", page("README.md"), re.MULTILINE)
    assert re.search(r"check --quick -- ./mine --port {port} +# .*: about \d+ s$", commands[0])
    whole = [one for one in commands if one.startswith(("anechoic check  ", "pytest"))]
    assert len(whole) == 2
    assert all(re.search(r"about .*minutes?", one) for one in whole)


def test_the_command_for_tests_that_start_no_process_names_what_is_there() -> None:
    _, _, rest = page("tests/README.md").partition("start no process")
    command = rest.partition("```console\n$ ")[2].partition("```")[0].replace("\\\n", " ")
    words = [word for word in shlex.split(command) if word.startswith("tests/")]
    paths = [path for word in words for path in expanded(word)]
    assert paths
    assert [path for path in paths if not glob.glob(path, root_dir=ROOT)] == []


def expanded(word: str) -> list[str]:
    """Expand braces as a shell does: a{b,c}d is abd and acd."""
    found = re.search(r"\{([^{}]*)\}", word)
    if found is None:
        return [word]
    before, after = word[: found.start()], word[found.end() :]
    return [one for choice in found[1].split(",") for one in expanded(f"{before}{choice}{after}")]
