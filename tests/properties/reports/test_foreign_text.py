"""Foreign text in every output: it is shown, and nothing in it acts on what shows it."""

import io
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from properties.cases.case import Case
from properties.cases.replay import Replayed
from properties.cli.main import main
from properties.client.events import Awaited
from properties.client.invariants.exact_output import INVARIANT
from properties.client.role import CLIENT
from properties.client.steps import Accept
from properties.compare import html as compared_page
from properties.compare.implementation import Implementation
from properties.compare.markdown import markdown
from properties.compare.result import Compared
from properties.compare.runner import Check
from properties.compare.text import done_line, underway
from properties.compare.text import whole as comparison
from properties.merging import junit
from properties.model.levels import Level
from properties.model.verdict import Outcome, Verdict
from properties.reports import case as saved_case
from properties.reports import html, ladder_svg, text
from properties.reports import markdown as summary
from properties.reports.live import Live
from properties.reports.live_grid import filling, in_one_line
from properties.reports.registry import WRITERS
from properties.reports.result import Result
from properties.reports.terminal import Terminal, complain
from properties.running.plan import plan
from properties.running.progress.parts import PartProgress
from properties.running.progress.state import ProgressState
from properties.running.run import Run
from properties.search.findings import Failure, Findings
from properties.search.known_violations import Baseline, KnownViolation
from target.command import Command
from target.foreign_text import harmless, harmless_lines
from tests.properties.client import histories
from tests.properties.running.test_settings import settings

ACTS = (
    "\x1b[31m\x1b[2J\x1b]0;title\x07\x9b2J\x00\x08\x7f\r"  # a terminal's controls
    "\u202e\u2066\u200f\u061c"  # change the direction of writing
    "\u200b\ufeff\u00ad\U000e0041\u2028\udcff\ud800"  # not seen, ends of lines, no characters
)
MARKUP = "</script><b>&\"'`|*[x](http://x)]]>\\"
HOSTILE = f"at {ACTS} {MARKUP} \n\t end"
BENIGN = "at work"
TYPED = HOSTILE.translate({0: None, 0xD800: None})
"""What can be typed: an argument holds no NUL, and its bytes become low surrogates only."""


def acting(written: str) -> set[str]:
    """Return the characters that are neither shown nor ends of our own lines."""
    return {one for one in written if not one.isprintable() and one != "\n"}


@pytest.mark.parametrize("character", sorted(set(ACTS)))
def test_what_acts_is_shown_as_an_escape(character: str) -> None:
    if not character.isprintable():
        assert harmless(character) == character.encode("unicode_escape").decode()
    assert acting(harmless(character)) == set()


def test_what_is_shown_stays_as_it_is() -> None:
    assert harmless("naïve 漢字 😀 -- ok") == "naïve 漢字 😀 -- ok"


def test_words_stay_on_one_line_and_lines_stay_lines() -> None:
    assert harmless("a\nb\tc") == "a b c"
    assert harmless_lines("a\n\x1bb\rc") == "a\n\\x1bb\\rc"


def case_with(words: str) -> Case:
    """Return a case in which all that came from outside is these words."""
    history = histories.history(
        histories.connected(),
        histories.step(words),
        histories.injected(detail=words),
        histories.says(words),
        histories.marked(words),
        histories.waited(Awaited.NOTICE, evidence=words),
        histories.ended(1),
    )
    events = tuple(history.events)
    return Case(CLIENT, INVARIANT, words, (Accept(),), words, (words, "{port}"), history=events)


def run_with(words: str) -> Run:
    """Return a run in which all that comes from outside is these words."""
    made = Run(settings(client="./mine {port}"), plan(settings(client="./mine {port}")))
    target = replace(made.settings.target, command=Command((words, "{port}")))
    known = KnownViolation("exact_output", "control", why=words)
    baseline = Baseline(words, (known,))
    made.settings = replace(made.settings, target=target, baseline=baseline)
    found = Findings("control", workloads=1, notes=[words])
    for invariant, outcome in zip(made.invariants, Outcome, strict=False):
        found.cells[invariant.id].note(Verdict(outcome, f"{outcome.value} {words}"))
    failed = found.cells[found.failed()[0]]
    failure = Failure(case_with(words), 3, path=words)
    failed.failures[failure.kind] = failure
    found.known[str(known)] = (1, words)
    made.add(found)
    made.left_out.append(words)
    made.errors.append(words)
    made.target_errors.append(words)
    return made


def compared_with(words: str) -> list[Compared]:
    implementation = Implementation(
        name=words, here=Path("/"), command=(words, "{port}"), model=words, about=words
    )
    verdict = {"fault": words, "invariant": "no_zombies", "verdict": "fail", "reason": words}
    totals = {"workloads": 3, "seconds": 1.5}
    result = {"checks": [{**verdict, "case": words}], "totals": totals, "seed": 7}
    return [
        Compared(implementation, result=result, status=1),
        Compared(implementation, missing=words),
        Compared(implementation, status=2, said=words),
    ]


def _report(words: str, terminal: Terminal) -> str:
    return "\n".join(text.whole(run_with(words), terminal))


def _live(words: str, terminal: Terminal) -> str:
    made = run_with(words)
    state = ProgressState(made)
    progress = PartProgress(made.parts[0].id, "control", 1, (words,), words, words)
    state.progressed(progress)
    now = state.snapshot()
    lines = [*filling(made, now, terminal), in_one_line(made, now, words, terminal.width)]
    for line in lines:
        terminal.painted(line)
    live = Live(made, terminal)
    live.progressed(progress)
    live.violated(words, words, Failure(case_with(words), 1, path=words))
    live.shrunk(words, words, Failure(case_with(words), 1, path=f"{words}.json"))
    live.part_done(made.parts[0], next(iter(made.findings.values())))
    return _written(terminal)


def _case(words: str, terminal: Terminal) -> str:
    return "\n".join(saved_case.lines(case_with(words), words, terminal))


def _answer(words: str, terminal: Terminal) -> str:
    terminal.line(Replayed(1, 1, 0, words).answer(case_with(words)))
    terminal.replace(words)
    return _written(terminal).replace("\r\x1b[2K", "")


def _comparison(words: str, terminal: Terminal) -> str:
    process = subprocess.Popen(["true"])
    process.wait()
    compared = compared_with(words)
    check = Check(compared[0].implementation, process, parts=3, violated={words: Level.MUST})
    lines = [*comparison(compared, terminal), *underway(9, [], [check], terminal)]
    return "\n".join([*lines, *(done_line(1, 3, one) for one in compared)])


def _written(terminal: Terminal) -> str:
    assert isinstance(terminal.stream, io.StringIO)
    return terminal.stream.getvalue()


TERMINAL_OUTPUTS: dict[str, Callable[[str, Terminal], str]] = {
    "report": _report,
    "live": _live,
    "case": _case,
    "answer": _answer,
    "comparison": _comparison,
}


@pytest.fixture(params=TERMINAL_OUTPUTS)
def output(request: pytest.FixtureRequest) -> Callable[[str, Terminal], str]:
    return TERMINAL_OUTPUTS[request.param]


@pytest.mark.parametrize("columns", [60, 100])
def test_no_terminal_report_acts_on_what_shows_it(
    output: Callable[[str, Terminal], str], columns: int
) -> None:
    written = output(HOSTILE, Terminal(io.StringIO(), is_terminal=False, columns=columns))
    assert "at \\x1b[31m" in written
    assert acting(written) == set()


def test_on_a_terminal_the_only_escapes_are_our_colours(
    output: Callable[[str, Terminal], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    ours, foreign = (
        output(words, Terminal(io.StringIO(), is_terminal=True, columns=100))
        for words in (BENIGN, HOSTILE)
    )
    assert acting(foreign) <= {"\x1b", *acting(ours)}
    assert set(_sequences(foreign)) <= set(_sequences(ours))


def _sequences(written: str) -> Iterator[str]:
    for part in written.split("\x1b")[1:]:
        yield part[: next(place for place, one in enumerate(part) if one.isalpha()) + 1]


PAGES: dict[str, Callable[[str], str]] = {
    "html": lambda words: html.page([run_with(words)]),
    "html of a comparison": lambda words: compared_page.page(compared_with(words)),
    "svg": lambda words: ladder_svg.standalone(
        CLIENT.picture(case_with(words).history, words) or pytest.fail("nothing is drawn"), words
    ),
    "markdown": lambda words: markdown(compared_with(words)),
    "junit of several machines": lambda words: junit.page([run_with(words)]),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_no_page_obeys_what_it_shows(page: Callable[[str], str]) -> None:
    written = page(HOSTILE)
    assert "\\x1b[31m" in written.replace("\\\\", "\\").replace("\\[", "[")
    assert acting(written) == set()
    assert "</script><b>" not in written
    assert "<b>" not in written
    assert written.encode("utf-8")


def test_the_figure_is_still_xml() -> None:
    assert ElementTree.fromstring(PAGES["svg"](HOSTILE)).tag.endswith("svg")


def test_foreign_text_makes_no_link_and_no_cell_in_markdown() -> None:
    written, plain = PAGES["markdown"](HOSTILE), PAGES["markdown"](BENIGN)
    assert "[x](" not in written.replace("\\[x\\](", "")
    assert written.replace("\\|", "").count("|") == plain.count("|")


@pytest.mark.parametrize("page", ["markdown", "summary"])
@pytest.mark.parametrize("link", ["http://x.example", "WWW.x.example", "a@x.example"])
def test_markdown_makes_no_link_of_an_address(page: str, link: str) -> None:
    written = summary.page([run_with(link)]) if page == "summary" else PAGES[page](link)
    # What GitHub turns into links: https://github.github.com/gfm/#autolinks-extension-
    assert "x.example" in written
    assert link not in outside_code(written)


def outside_code(markdown: str) -> str:
    """Return Markdown without its code, in lines and in blocks."""
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", markdown, flags=re.DOTALL)


def test_a_summary_in_markdown_has_foreign_text_as_code_or_as_it_is() -> None:
    written, plain = (summary.page([run_with(words)]) for words in (HOSTILE, BENIGN))
    assert acting(written) == set()
    ours, theirs = outside_code(plain), outside_code(written)
    assert "\\x1b" in theirs
    assert "<b>" not in theirs
    assert "</script>" not in theirs
    assert "[x](" not in theirs.replace("\\[x\\](", "")
    assert theirs.replace("\\|", "").count("|") == ours.count("|")


def test_json_is_ascii_and_holds_the_text_as_it_came() -> None:
    written = WRITERS["json"]([run_with(HOSTILE)])
    assert written.isascii()
    assert HOSTILE in json.loads(written)["notes"]


def test_what_python_and_pytest_get_is_harmless_too() -> None:
    result = Result(run_with(HOSTILE))
    assert acting(result.report) == set()
    with pytest.raises(AssertionError) as raised:
        result.raise_for_violations()
    assert acting(str(raised.value)) == set()
    names = [one.id for one in result.run.invariants]
    assert acting("\n".join(text.failures_of(result.run, names))) == set()


def test_errors_are_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    complain(HOSTILE)
    written = capsys.readouterr().err
    assert "at \\x1b[31m" in written
    assert acting(written) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        [TYPED],
        ["list", TYPED],
        ["check", f"--{TYPED}"],
        ["check", TYPED],
        ["check", "--seed", TYPED],
        ["check", "--fault", TYPED, "--", "./mine", "{port}"],
        ["check", "--server", f"./{TYPED} {{port}}"],
        ["check", "--json", f"/nowhere/{TYPED}"],
        ["check", "--expect", TYPED],
        ["check", "--service", TYPED, "--", "./mine", "{port}"],
        ["compare", TYPED],
        ["compare", "--only", TYPED],
        ["replay", TYPED],
        ["show", TYPED],
    ],
)
def test_complaints_about_the_command_line_are_harmless(
    arguments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(arguments)
    except SystemExit as end:
        status = int(str(end.code))
    assert status == 2
    written = capfd.readouterr()
    assert "at " in written.err
    assert acting(written.out + written.err) == set()
