"""The page of a failing run, written by the command line and opened in a browser."""

import json
import sys
from pathlib import Path

import pytest

from tests.end_to_end.browser import browser, missing
from tests.end_to_end.runs import finished

RUNG = (sys.executable, "-P", "-m", "target.tcpserv01", "--port", "{port}")
ARGUMENTS = ("--max-examples", "2", "--no-sweep", "--fault", "freeze", "--seed", "3")
PNG = b"\x89PNG"

pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a run in which one invariant fails."""
    folder = tmp_path_factory.mktemp("page")
    arguments = ["check", *ARGUMENTS, "--html", "page.html", "--json", "result.json"]
    done = finished([*arguments, "--", *RUNG], folder)
    assert done.returncode == 1, done.stdout
    assert json.loads((folder / "result.json").read_text())["exit_status"] == 1
    return folder / "page.html"


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desk"])
def test_it_fits_the_window_and_its_links_lead_somewhere(
    page: Path, width: int, dark: bool, tmp_path: Path
) -> None:
    with browser() as window:
        window.open(page.as_uri(), width, dark=dark)
        assert window.evaluate("document.documentElement.scrollWidth") <= width
        assert window.evaluate("document.querySelectorAll('td.fail a').length") >= 1
        window.click("td.fail a")
        assert window.evaluate("location.hash") == "#server-no_zombies"
        top = window.evaluate("document.querySelector(location.hash).getBoundingClientRect().top")
        assert -5 <= top < 900
        window.click("summary")
        assert window.evaluate("document.querySelector('details').open") is True
        assert window.evaluate("document.querySelector('svg').getBoundingClientRect().height") > 50
        picture = window.screenshot()
    assert picture.startswith(PNG)
    (tmp_path / "page.png").write_bytes(picture)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a comparison of a right server, a wrong one, and one that is not there."""
    folder = tmp_path_factory.mktemp("comparison")
    entries = (
        ("the reference", "target.tcpserv04", sys.executable),
        ("the book's first server, without a handler", "target.tcpserv01", sys.executable),
        ("gone", "target.tcpserv01", "no-such-python"),
    )
    (folder / "list.toml").write_text(
        "".join(
            f'[[implementation]]\nname = "{name}"\n'
            f'command = ["{python}", "-P", "-m", "{module}", "--port", "{{port}}"]\n'
            for name, module, python in entries
        )
    )
    done = finished(["compare", "list.toml", *ARGUMENTS, "--html", "page.html"], folder)
    assert done.returncode == 1, done.stdout
    return folder / "page.html"


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desk"])
def test_a_comparison_fits_the_window_and_each_failure_is_a_click_away(
    comparison: Path, width: int
) -> None:
    with browser() as window:
        window.open(comparison.as_uri(), width)
        assert window.evaluate("document.documentElement.scrollWidth") <= width
        assert window.evaluate("document.querySelectorAll('tbody tr').length") == 3
        window.click("td.fail a")
        name = "the-book-s-first-server-without-a-handler-no_zombies"
        assert window.evaluate("location.hash") == f"#{name}"
        top = window.evaluate("document.querySelector(location.hash).getBoundingClientRect().top")
        assert -5 <= top < 900
        assert window.evaluate("document.querySelector('svg').getBoundingClientRect().height") > 50


@pytest.mark.slow
def test_words_can_be_read_on_their_background(page: Path) -> None:
    colours = (
        "(s => { const c = getComputedStyle(document.querySelector(s));"
        " return [c.color, c.backgroundColor] })('{0}')"
    )
    with browser() as window:
        for dark in (False, True):
            window.open(page.as_uri(), 1280, dark=dark)
            for selector in ("td.fail", "td.pass", "td.not-applicable", "body", ".verdict"):
                ink, paper = window.evaluate(colours.replace("{0}", selector))
                assert contrast(ink, paper) >= 4.5, (selector, dark, ink, paper)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 defines it: from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_page_that_cannot_be_written_is_refused_before_anything_is_run(tmp_path: Path) -> None:
    done = finished(["check", "--html", "no/such/folder/x.html"], tmp_path)
    assert done.returncode == 2
    assert "--html no/such/folder/x.html: cannot be written" in done.stdout
