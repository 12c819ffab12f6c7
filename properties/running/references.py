"""Both references in one run of the command line: the server, then the client."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from properties.running.exit_status import worst
from properties.running.option_list import Options
from properties.running.run import Run


def options_of_each(options: Options, families: Callable[[str], Iterable[str]]) -> list[Options]:
    """Return the options of each reference's run, those of no other role left out.

    `families` returns the names of a role's fault families. A role that knows none of the faults
    that were asked for is not run; where no role knows one, the server's run reports it.
    """
    each = []
    for role, client in (("server", None), ("client", "")):
        asked = options.fault or []
        known = [name for name in asked if name in set(families(role))]
        if known or not asked:
            each.append(replace(options, client=client, fault=known or None))
    return each or [options]


def with_its_own_report(for_pytest: Iterable[str]) -> list[str]:
    """Return pytest's options for the client's run, which must not overwrite the server's report.

    `--junitxml result.xml` becomes `--junitxml result-client.xml`.
    """
    words = list(for_pytest)
    for place, before, path in _reports(words):
        words[place] = f"{before}{_for_the_client(path)}"
    return words


def reports_of_pytest(for_pytest: Sequence[str]) -> list[str]:
    """Return the files of `--junitxml` in options that are handed on to pytest."""
    return [path for _, _, path in _reports(for_pytest)]


def _reports(words: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Yield the place of each word that names a report, what stands before the name, and that."""
    for place, word in enumerate(words):
        option, equals, path = word.partition("=")
        if option in ("--junitxml", "--junit-xml"):
            if equals:
                yield place, f"{option}=", path
            elif place + 1 < len(words):
                yield place + 1, "", words[place + 1]


def _for_the_client(path: str) -> str:
    return str(Path(path).with_stem(f"{Path(path).stem}-client"))


def merged(runs: Iterable[Run]) -> dict[str, Any]:
    """Return the one object that `--json` writes of several runs."""
    objects = [run.as_json() for run in runs]
    first, totals = objects[0], dict[str, float]()
    for one in objects:
        for name, count in one["totals"].items():
            totals[name] = round(totals.get(name, 0) + count, 3)
    return {
        **first,
        "target": " and ".join(one["target"] for one in objects),
        "totals": totals,
        "exit_status": worst(one["exit_status"] for one in objects),
        **{
            name: [item for one in objects for item in one[name]]
            for name in ("notes", "errors", "baseline", "checks")
        },
    }
