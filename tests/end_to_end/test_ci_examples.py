"""The files in examples/ci: every command of anechoic in them is one that is accepted."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from properties.cli.parser import parser
from properties.running.option_list import options_in
from properties.running.settings import settings_of

FOLDER = Path(__file__).parents[2] / "examples" / "ci"
PAGE = Path(__file__).parents[2] / "docs" / "ci.md"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
VALUES = {"SERVER": "./mine --port {port}", "GITHUB_STEP_SUMMARY": "summary.md"}
"""What the variables of a job stand for; any other is a number."""


def filled(line: str) -> str:
    """Return a line of a workflow with its variables replaced, as a shell would see it."""
    line = re.sub(r"\$\{\{[^}]*\}\}", "1", line)
    return re.sub(r"\$([A-Z_]+)", lambda found: VALUES.get(found[1], "1"), line)


def commands(path: Path) -> Iterator[list[str]]:
    """Return the words of each command of anechoic in a file, continued lines as one."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ").replace("\\\n#", " ")
    for line in text.splitlines():
        found = re.match(r"\s*(?:- |\$ |# +)?(anechoic (?:check|merge|list|compare) .*)", line)
        if found:
            words = filled(found[1]).partition(" || ")[0]
            yield shlex.split(words, comments=True)


@pytest.mark.parametrize("path", [*WORKFLOWS, PAGE], ids=lambda path: path.name)
def test_every_command_is_accepted(path: Path) -> None:
    found = list(commands(path))
    assert found
    for words in found:
        own = words[1 : words.index("--")] if "--" in words else words[1:]
        options, others = parser().parse_known_args(own)
        assert [word for word in others if not word.startswith(("--tx", "--dist"))] == []
        if options.action == "check":
            # The cases may be in Redis, which is no folder.
            settings_of(replace(options_in(options), cases=None))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_checks_in_shards_and_merges_what_they_write(path: Path) -> None:
    check, merge = commands(path)
    assert "--shard" in check
    written = check[check.index("--json") + 1]
    assert re.fullmatch(r"result-\d+\.json", written)
    assert {"result-*.json", "--markdown", "--html", "--junit"} <= set(merge)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_indented_by_two_and_has_no_tabs(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert [line for line in lines if "\t" in line or line != line.rstrip()] == []
    assert [line for line in lines if (len(line) - len(line.lstrip(" "))) % 2] == []


def test_the_image_starts_anechoic_as_an_ordinary_user() -> None:
    lines = (FOLDER / "Containerfile").read_text(encoding="utf-8").splitlines()
    instructions = [line.split()[0] for line in lines if line and not line.startswith("#")]
    assert instructions == ["FROM", "COPY", "RUN", "USER", "WORKDIR", "ENTRYPOINT"]
    assert 'ENTRYPOINT ["anechoic"]' in lines
