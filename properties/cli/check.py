"""`anechoic check`: the options, the run of one target or of both references, its files.

The report is printed first, then the files are written; an interruption changes neither.
"""

import argparse
import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from properties.cases.files import any_is_standard_output
from properties.cases.redis_store import RedisCases
from properties.cli.pytest_reports import (
    reports_of_pytest,
    with_its_own_report,
    with_paths_for_pytest,
)
from properties.cli.shared_cases import share_cases, with_cases
from properties.model.target_spec import RoleName
from properties.reports import text
from properties.reports.jsonl import JsonLines
from properties.reports.live import Live
from properties.reports.registry import ONE_FILE, Output, require_files_of, without_files, write
from properties.reports.swept import shard_of
from properties.reports.terminal import Terminal, complain
from properties.roles import ROLES
from properties.running.errors import UsageError
from properties.running.exit_status import INTERRUPTED, ExitStatus, worst
from properties.running.extent import Extent, bounded, extent_of
from properties.running.listener import RunListener
from properties.running.option_list import Options, options_in
from properties.running.plan import PartKind
from properties.running.pool import Pool
from properties.running.preflight import prepared
from properties.running.process_lifetime import INTERRUPTION
from properties.running.references import options_of_each
from properties.running.run import Run
from properties.running.settings import settings_of
from properties.services.registry import ECHO
from target.chamber import Network
from target.foreign_text import harmless
from target.own_variables import set_own

OUTSIDE = "it ran in this machine's network, not in one of its own: pytest runs it, by its options"


@dataclass(frozen=True)
class _Asked:
    """What the command line asks for. `for_pytest` are arguments that are passed on to pytest.

    `cases` is where cases are kept besides, None where that is a folder. `made` are the files that
    pytest's plugins have made, and that are still to be written; `refused` is why targets could
    not be checked, told once.
    """

    options: Options
    terminal: Terminal
    cases: RedisCases | None
    for_pytest: Sequence[str]
    events: JsonLines | None
    made: list[Output] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def listeners(self) -> list[RunListener]:
        """What follows each run, besides what is shown."""
        return [self.events] if self.events else []

    @property
    def unwritten(self) -> bool:
        """Whether some of the report, or an event, could not be written."""
        return bool(self.terminal.problems) or (self.events is not None and self.events.broken)


def check(namespace: argparse.Namespace, for_pytest: Sequence[str], command: list[str]) -> int:
    """Check the target that the options and `command` name; return the exit status."""
    try:
        asked = _asked(_with_command(options_in(namespace), command), for_pytest)
    except UsageError as error:
        complain(str(error))
        return ExitStatus.USAGE
    options = asked.options
    each = [options] if _is_one(options) else options_of_each(options, _names)
    try:
        status = _all(asked, each)
    finally:
        asked.terminal.close()
    return ExitStatus.USAGE if asked.unwritten and status != INTERRUPTED else status


def _is_one(options: Options) -> bool:
    """Return whether one target is asked for, and not both references."""
    named = (options.server, options.client, options.address, options.port)
    return options.sweep or any(one is not None for one in named)


def _asked(options: Options, for_pytest: Sequence[str]) -> _Asked:
    """Check what does not depend on the target. Raises UsageError."""
    if options.seed is None:
        # Machines that share a plan must draw the same.
        drawn = 0 if options.shard else int.from_bytes(os.urandom(4), "big")
        options = replace(options, seed=drawn)
    options = bounded(options)
    for name, value in (("--max-time", options.max_time), ("--sweep", options.sweep)):
        if for_pytest and value:
            raise UsageError(f"{name}: not together with pytest's options ({for_pytest[0]})")
    for word in for_pytest:
        # pytest writes what it does not know as it is.
        if not word.isprintable():
            raise UsageError(f"{word!r} has characters that cannot be printed")
    reports = reports_of_pytest(for_pytest)
    if not _is_one(options):
        reports += reports_of_pytest(with_its_own_report(for_pytest))
    require_files_of(options, reports)
    options, cases = with_cases(options)
    named = [*reports, *(getattr(options, name) for name in ONE_FILE)]
    elsewhere = any_is_standard_output(named)
    events = JsonLines.to(options.jsonl) if options.jsonl else None
    terminal = Terminal.of_its_own(elsewhere=elsewhere)
    return _Asked(options, terminal, cases, with_paths_for_pytest(for_pytest), events)


def _with_command(options: Options, command: list[str]) -> Options:
    if not command:
        return options
    if options.server is not None or options.client:
        raise UsageError("give the command after -- or with --server or --client, not both")
    line = shlex.join(command)
    if options.client is None:
        return replace(options, server=line)
    return replace(options, client=line)


def _names(role: str) -> list[str]:
    return [family.name for family in ROLES[RoleName(role)].families]


def _all(asked: _Asked, each: Sequence[Options]) -> int:
    """Check each target, then write the files about all of them; return the exit status."""
    done: list[tuple[int, Run | None]] = []
    for place, options in enumerate(each):
        words = asked.for_pytest if place == 0 else with_its_own_report(asked.for_pytest)
        if done and done[-1][1] is not None:
            asked.terminal.line("")
        done.append(_one(asked, without_files(options), words))
        if INTERRUPTION.came or (options.fail_fast and done[-1][0]):
            break
    with INTERRUPTION.put_off():
        unwritten = write([run for _, run in done if run is not None], asked.options, asked.made)
        for sentence in unwritten:
            complain(sentence)
        statuses = [status for status, _ in done]
        return ExitStatus.USAGE if unwritten else worst(statuses)


def _network(options: Options, for_pytest: Sequence[str]) -> Network:
    """Return the network to run in. Raises UsageError where a wire cannot be had."""
    asked = Network(options.network)
    if asked is Network.WIRE and for_pytest:
        raise UsageError(f"--network wire and {for_pytest[0]}, an option of pytest: give one")
    if asked is Network.WIRE and options.address is not None:
        raise UsageError("--network wire is for commands that anechoic starts, not for --address")
    return Network.HOST if for_pytest else asked


def _one(asked: _Asked, options: Options, for_pytest: Sequence[str]) -> tuple[int, Run | None]:
    """Check one target; return the exit status, and the run if there was a target to run."""
    try:
        network = _network(options, for_pytest)
        run = prepared(settings_of(options), network, rehearses=not for_pytest)
        run.left_out += [OUTSIDE] if for_pytest and options.network != Network.HOST.value else []
        extent = extent_of(options, run.settings)
    except UsageError as error:
        if str(error) not in asked.refused:
            complain(str(error))
        asked.refused.append(str(error))
        return ExitStatus.USAGE, None
    except KeyboardInterrupt:
        return INTERRUPTED, None
    run.left_out += [extent.left_out] if extent.left_out else []
    asked.terminal.line(_opening(run))
    # Hypothesis keeps a folder in the current one, and none where its path cannot be made.
    set_own("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)
    live = Live(run, asked.terminal)
    try:
        listeners = [live, *asked.listeners]
        own_answer = _carry_out(run, options, extent, for_pytest, listeners, asked.made)
    except KeyboardInterrupt:
        own_answer = None
    with INTERRUPTION.put_off():
        return _reported(asked, run, live, own_answer), run


def _carry_out(
    run: Run,
    options: Options,
    extent: Extent,
    for_pytest: Sequence[str],
    listeners: Sequence[RunListener],
    made: list[Output],
) -> int | None:
    """Run all parts; return an exit status that does not follow from what was found, or None.

    `made` gets the files that pytest's plugins make. Raises KeyboardInterrupt.
    """
    if for_pytest:
        # It takes as long to load as many a run lasts, and few runs need it.
        from properties.cli.pytest_run import run_through_pytest

        workers = min(extent.workers, len(run.parts)) if _can_be_sent(options) else 1
        return run_through_pytest(run, options, workers, for_pytest, listeners, made)
    for listener in listeners:
        listener.started(run)
    Pool(run, listeners, extent, fail_fast=options.fail_fast).go()
    return None


def _can_be_sent(options: Options) -> bool:
    """Return whether xdist can send the command to its workers: what is no UTF-8 it cannot."""
    return not any(
        0xD800 <= ord(one) < 0xE000 for one in f"{options.server or ''}{options.client or ''}"
    )


def _reported(asked: _Asked, run: Run, live: Live, own_answer: int | None) -> int:
    """Print the report and end the events; return the exit status."""
    run.interrupted = INTERRUPTION.came
    run.keep_cases()
    share_cases(run, asked.cases)
    live.finished(run, int(run.status))
    if own_answer is None:
        for line in text.whole(run, asked.terminal):
            asked.terminal.painted(line)
    status = run.exit_status if own_answer is None else own_answer
    for listener in asked.listeners:
        listener.finished(run, status)
    return status


def _opening(run: Run) -> str:
    settings = run.settings
    if settings.exhaustive:
        points = f"{sum(part.workloads for part in run.parts)} points"
        return f"anechoic: {harmless(settings.target)}\nthe calls of one exchange, {points}\n"
    total = sum(part.workloads for part in run.parts if part.kind is PartKind.WORKLOADS)
    workloads = f"{total} workload{'s' if total != 1 else ''}"
    many = len(settings.families)
    families = f"{many} fault famil{'ies' if many > 1 else 'y'}"
    if settings.service != ECHO:
        families = f"service {harmless(settings.service)}, {families}"
    extent = (families, workloads, f"seed {settings.seed}", shard_of(run))
    return f"anechoic: {harmless(settings.target)}\n{', '.join(filter(None, extent))}\n"
