"""The reports that pytest writes, in its options on the command line: `--junitxml FILE`."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from properties.cases.files import is_regular_or_new, is_standard_output
from properties.reports.registry import JUNIT

_OPTIONS = (JUNIT, "--junit-xml")


def reports_of_pytest(for_pytest: Sequence[str]) -> list[str]:
    """Return the files that are named."""
    return [path for _, _, path in _named(for_pytest)]


def with_its_own_report(for_pytest: Sequence[str]) -> list[str]:
    """Return the options for the client's run, which must not overwrite the server's report.

    `--junitxml result.xml` becomes `--junitxml result-client.xml`; a device or a pipe gets both.
    """
    return _with_paths(for_pytest, _of_the_client)


def with_paths_for_pytest(for_pytest: Sequence[str]) -> list[str]:
    """Return the options with standard output by its path: pytest knows no `-`."""
    return _with_paths(for_pytest, lambda one: "/dev/stdout" if is_standard_output(one) else one)


def _of_the_client(path: str) -> str:
    if not is_regular_or_new(path):
        return path
    return str(Path(path).with_stem(f"{Path(path).stem}-client"))


def _with_paths(for_pytest: Sequence[str], changed: Callable[[str], str]) -> list[str]:
    """Return the options with another path for each report."""
    words = list(for_pytest)
    for place, before, path in _named(for_pytest):
        words[place] = f"{before}{changed(path)}"
    return words


def in_one_word(for_pytest: Sequence[str]) -> list[str]:
    """Return the options with each report in the word of its option: `--junitxml=result.xml`."""
    words = list(for_pytest)
    for place, before, path in reversed(list(_named(for_pytest))):
        if not before:
            words[place - 1 : place + 1] = [f"{words[place - 1]}={path}"]
    return words


def _named(words: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Yield the place of each word that names a report, what stands before the name, and that."""
    for place, word in enumerate(words):
        option, equals, path = word.partition("=")
        if option in _OPTIONS:
            if equals:
                yield place, f"{option}=", path
            elif place + 1 < len(words):
                yield place + 1, "", words[place + 1]
