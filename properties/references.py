"""Both references in one run of the command line: the server, then the client."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from properties.run import ExitStatus, Run

WORST_FIRST = (ExitStatus.VIOLATION, ExitStatus.USAGE, ExitStatus.INCONCLUSIVE, ExitStatus.CONFORMS)


def values_of_each(
    values: dict[str, Any], families: Callable[[str], Iterable[str]]
) -> list[dict[str, Any]]:
    """Return the options of each reference's run, those of no other role left out.

    `families` returns the names of a role's fault families. A role that knows none of the faults
    that were asked for is not run; where neither does, the server's run says so.
    """
    each = []
    for role, client in (("server", None), ("client", "")):
        asked = values["fault"] or []
        known = [name for name in asked if name in set(families(role))]
        if known or not asked:
            each.append({**values, "client": client, "fault": known or None})
    return each or [values]


def with_its_own_report(for_pytest: Iterable[str]) -> list[str]:
    """Return pytest's options for the client's run, which must not write over the server's report.

    `--junitxml result.xml` becomes `--junitxml result-client.xml`.
    """
    words = list(for_pytest)
    for place, word in enumerate(words):
        option, equals, path = word.partition("=")
        if option in ("--junitxml", "--junit-xml"):
            if equals:
                words[place] = f"{option}={_for_the_client(path)}"
            elif place + 1 < len(words):
                words[place + 1] = _for_the_client(words[place + 1])
    return words


def _for_the_client(path: str) -> str:
    return str(Path(path).with_stem(f"{Path(path).stem}-client"))


def worst(statuses: Iterable[int]) -> int:
    """Return the exit status of all runs together: an interruption first, then the worst."""
    found = list(statuses)
    other = [status for status in found if status not in list(WORST_FIRST)]
    return other[0] if other else min(found, key=lambda one: WORST_FIRST.index(ExitStatus(one)))


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
