"""The documentation keeps up: every fault, invariant and page is where a reader looks for it."""

import re
from pathlib import Path

import pytest

from properties.comparison.listing import READY, read
from properties.option_list import OPTIONS
from properties.role import ROLES, Role

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BOTH = pytest.mark.parametrize("role", ROLES.values(), ids=[name.value for name in ROLES])


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def plain(words: str) -> str:
    return " ".join(words.split())


@BOTH
def test_every_invariant_has_its_requirement_its_source_and_what_could_fool_it(role: Role) -> None:
    _, heading, told = page("docs/invariants.md").partition(f"## {role.name.value.capitalize()}s\n")
    assert heading
    told = told.partition("\n## ")[0]
    sections = {part.partition("\n")[0]: plain(part) for part in told.split("\n### ")[1:]}
    assert list(sections) == [invariant.id for invariant in role.invariants]
    for invariant in role.invariants:
        section = sections[invariant.id]
        assert invariant.requirement in section
        assert invariant.section.split()[0] in section
        for part in ("**Requires** that", "**Source:**", "**Observed**", "**Could fool it:**"):
            assert part in section or (invariant.id, role.name.value) == ("no_spin", "client")


@BOTH
def test_every_fault_family_is_described(role: Role) -> None:
    told = page("docs/faults.md")
    described, _, rest = told.partition("## Faults of a client")
    table = rest if role.name.value == "client" else described
    for family in role.families:
        assert f"| `{family.name}` |" in table or f"`{family.name}` has" in table, family.name


def test_every_option_is_in_the_readme_or_on_a_page() -> None:
    told = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    # What is only another spelling of something else, or explains itself in --help.
    quiet = {"--host", "--patience"}
    assert [one.name for one in OPTIONS if one.name not in quiet and one.name not in told] == []


def test_the_readme_counts_the_ready_list() -> None:
    ready = read(READY)
    clients = sum(one.role.value == "client" for one in ready)
    assert f"{len(ready) - clients} real servers, {clients} clients" in page("README.md")


@pytest.mark.parametrize("path", PAGES, ids=[path.name for path in PAGES])
def test_links_lead_to_files_that_are_there(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=[path.name for path in PAGES])
def test_no_page_tells_of_the_machine_it_was_written_on(path: Path) -> None:
    assert (
        re.findall(
            r"/(?:home|root|work)/\S*|/tmp/(?!hsperfdata)\S*", path.read_text(encoding="utf-8")
        )
        == []
    )


def test_every_page_is_named_in_the_readme() -> None:
    told = page("README.md")
    assert [path.name for path in PAGES[1:] if f"docs/{path.name}" not in told] == []
