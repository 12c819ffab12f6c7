"""Make docs/public-reports.md: what is found of the mistakes that were reported in public trackers.

python -m tests.reports.table            # all of them: some minutes
python -m tests.reports.table full_forever cli_left_raw     # these again, the rest stays
"""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from properties.model.levels import Level
from tests.chambers import with_a_wire
from tests.mutants.catalogue import TOP
from tests.reports.catalogue import REPORTS, Report
from tests.reports.trying import Found, choices, finds, replay

PAGE: Final = TOP / "docs" / "public-reports.md"
REPLAYS: Final = 10

KINDS: Final = {
    "Children that end": (
        *("reaps_one_a_signal", "never_waits", "flag_before_select", "storm_after_echild"),
        *("log_mutex_in_handler", "malloc_in_handler"),
    ),
    "Interrupted calls": ("errno_lost_in_log", "read_eintr_closes", "epoll_eintr_fatal"),
    "accept() and what follows it": (
        *("accept_thread_dies", "peer_name_needed", "emfile_tried_at_once", "full_forever"),
        *("fork_error_keeps_socket", "thread_error_keeps_socket"),
    ),
    "Broken connections": ("sigpipe_kills", "reset_ends_loop", "no_error_listener"),
    "End of file and half-close": ("half_close_tears_down", "hup_before_data"),
    "Short writes and edges": ("short_send_drops", "resends_whole", "edge_read_once"),
    "Loops": (
        *("slow_reader_blocks", "eof_by_old_errno", "pollout_stays", "waits_for_hangup"),
        *("urgent_never_taken", "console_is_listener"),
    ),
    "Pools": ("pool_not_refilled", "master_computes", "accept_blocks_pool"),
    "Stop and restart": (
        *("accept_never_stops", "pool_outlives_stop", "waits_for_its_clients"),
        *("no_reuseaddr", "helper_holds_port"),
    ),
    "Clients: how a connection begins": (
        *("cli_connects_again", "cli_refused_is_success"),
        *("cli_first_address", "cli_finds_itself"),
    ),
    "Clients: how it ends": (
        *("cli_waits_for_input", "cli_spins_at_eof", "cli_eof_is_success"),
        *("cli_never_half_closes", "cli_dies_of_sigpipe"),
    ),
    "Clients: input and output": (
        *("cli_poll_eintr", "cli_output_unchecked", "cli_left_nonblocking", "cli_left_raw"),
    ),
}
"""What a mistake is about, and the programs, in the order of the page."""

INTRODUCTION: Final = """\
# Mistakes that were reported

`tests/reports/` has {programs} small echo servers and clients, each with a mistake that was
reported of a real program in a public tracker. The code is the project's own: of a report only what
went wrong was taken. Each has a twin without the mistake: the same source, with `-DFIXED` or
`FIXED=1`. This page says what becomes of them. It is made by running them:

```console
$ python -m tests.reports.table                  # all of them
$ python -m tests.reports.table full_forever     # these again, the rest stays
```

**{found} of {programs} are found without luck**, by a finite choice that each run tries whatever
its seed ([checking.md](checking.md#what-is-tried)); no twin is accused in that family, at
`--level should`. What is missed stands here as well, with the reason.

- *found by*: the fault family, and the first of its choices that shows the mistake each time, of as
  many
- *violated*: the invariant that names it, and its level ([levels.md](levels.md))
- *again*: how often the same workload shows it, of {replays} times, each on a fresh instance
"""

HEAD: Final = """
## {kind}

| program | reported | mistake | found by | violated | again |
| --- | --- | --- | --- | --- | --- |
"""


def row(report: Report, found: Found | None, again: int) -> str:
    """Return the row of a program."""
    reported = ", ".join(
        f"[{one}](https://github.com/{one.replace('#', '/issues/')})" for one in report.reported
    )
    if found is None:
        why = f"**missed**: {report.missed}; looked for in {report.fault}"
        found_by, violated, times = why, f"{report.invariant}", ""
    else:
        number = f"{found.tried} of {len(choices(report))}"
        found_by = f"{report.fault}: {found.choice.value} ({number})"
        violated = f"{report.invariant}, {(found.level or Level.MUST).name}"
        times = f"{again} of {REPLAYS}"
    cells = (f"`{report.path.name}`", reported, report.mistake, found_by, violated, times)
    return f"| {' | '.join(cells)} |"


def tried(report: Report) -> str:
    """Try a program; return its row, with the first choice that is certain, if there is one."""
    best, most = None, 0
    for found in finds(report):
        again = replay(report, found.choice.workload, REPLAYS)
        if best is None or again > most:
            best, most = found, again
        if most == REPLAYS:
            break
    return row(report, best, most)


def rows_of(page: Path) -> dict[str, str]:
    """Return the rows of a page that was made before, by program."""
    if not page.exists():
        return {}
    lines = page.read_text(encoding="utf-8").splitlines()
    return {line.split("`")[1]: line for line in lines if line.startswith("| `")}


def page(rows: dict[str, str]) -> str:
    """Return the whole page."""
    found = sum("**missed**" not in line for line in rows.values())
    text = INTRODUCTION.format(programs=len(rows), found=found, replays=REPLAYS)
    names = {report.name: report.path.name for report in REPORTS}
    for kind, programs in KINDS.items():
        lines = [rows[names[name]] for name in programs if names[name] in rows]
        text += HEAD.format(kind=kind) + "\n".join(lines) + "\n"
    return text


def main(arguments: Sequence[str]) -> None:
    """Try the programs that are named, or all, and write the page."""
    rows = rows_of(PAGE) if arguments else {}
    for report in REPORTS:
        if not arguments or report.name in arguments:
            rows[report.path.name] = with_a_wire(partial(tried, report))
            print(rows[report.path.name], flush=True)
    PAGE.write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
