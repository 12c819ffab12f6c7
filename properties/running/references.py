"""Both references in one run of the command line: the server, then the client."""

from collections.abc import Callable, Iterable
from dataclasses import replace
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
