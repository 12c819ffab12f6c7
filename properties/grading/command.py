"""`anechoic grade`: the rubric, the check of one submission, what is shown, and the files."""

import argparse
import os
import shlex
import tempfile
from dataclasses import replace
from pathlib import Path

from properties.cases.files import any_is_standard_output
from properties.grading.checking import START, Submission, grade_of
from properties.grading.files import GRADESCOPE, WRITERS
from properties.grading.grade import Grade
from properties.grading.options import PASSED_ON
from properties.grading.rubric import READY, Rubric, read
from properties.grading.text import whole
from properties.reports.registry import require_separate, write_each
from properties.reports.terminal import Terminal, complain
from properties.running.errors import UsageError, require_alone
from properties.running.exit_status import INTERRUPTED, ExitStatus
from properties.running.extent import extent_of
from properties.running.option_list import Options
from properties.running.process_lifetime import INTERRUPTION
from properties.running.settings import settings_of
from target.confinement import MIB, Confinement, ids_of
from target.errors import TargetError
from target.foreign_text import harmless
from target.own_variables import set_own
from target.proc import require_proc

SEED = 1
"""Nothing is drawn but what a follow-up begins with: always the same."""


def grade(options: argparse.Namespace, command: list[str]) -> int:
    """Grade the program in `command`; return the exit status."""
    if options.print_rubric:
        return _printed(options, command)
    files = {flag: getattr(options, flag.removeprefix("--")) for flag in WRITERS}
    terminal = Terminal.standard(elsewhere=any_is_standard_output(files.values()))
    # Hypothesis keeps a folder in the current one otherwise.
    set_own("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)
    try:
        require_separate(files, read=[options.rubric])
        rubric = read(READY if options.rubric is None else Path(options.rubric))
        with tempfile.TemporaryDirectory(prefix="anechoic-grade-") as cases:
            wanted = _options(options, command, cases)
            with INTERRUPTION.put_off():
                with INTERRUPTION.let_in():
                    given = _graded(rubric, wanted, options, terminal)
                return _reported(given, files, terminal)
    except (UsageError, TargetError) as error:
        complain(str(error))
        return ExitStatus.USAGE
    except KeyboardInterrupt:
        return INTERRUPTED


def _printed(options: argparse.Namespace, command: list[str]) -> int:
    own = ("action", "version", "print_rubric")
    others = {name: value for name, value in vars(options).items() if name not in own}
    try:
        require_alone("--print-rubric", others, command, ("rubric",))
    except UsageError as error:
        complain(str(error))
        return ExitStatus.USAGE
    terminal = Terminal.standard()
    for line in READY.read_text(encoding="utf-8").splitlines():
        terminal.line(line)
    return terminal.or_unwritten(ExitStatus.CONFORMS)


def _options(options: argparse.Namespace, command: list[str], cases: str) -> Options:
    """Return the options of the check. Raises UsageError."""
    if not command:
        raise UsageError("give the command of the submission after --: anechoic grade -- ./mine")
    passed_on = {name: getattr(options, name) for name in PASSED_ON}
    if passed_on["start_timeout"] is None:
        passed_on["start_timeout"] = START
    return Options(server=shlex.join(command), seed=SEED, cases=cases, **passed_on)


def _graded(
    rubric: Rubric, wanted: Options, options: argparse.Namespace, terminal: Terminal
) -> Grade:
    require_proc()
    settings = settings_of(wanted)
    submission = Submission(settings, _confinement(options, rubric))
    extent = extent_of(wanted, settings)
    terminal.line(f"anechoic: {harmless(settings.target)}\n")
    return grade_of(rubric, submission, extent)


def _confinement(options: argparse.Namespace, rubric: Rubric) -> Confinement | None:
    """Return the bounds of the submission's sandbox. Raises UsageError, TargetError."""
    if options.trust_submission:
        if options.user is not None:
            raise UsageError("--user is for the sandbox: leave out it or --trust-submission")
        return None
    bounds = Confinement(processes=rubric.processes, memory=rubric.memory * MIB)
    if options.user is None:
        return bounds
    if os.geteuid() != 0:
        raise UsageError("--user: only root can choose the id that the submission runs with")
    user, group = ids_of(options.user)
    return replace(bounds, user=user, group=group)


def _reported(given: Grade, files: dict[str, str | None], terminal: Terminal) -> int:
    for line in whole(given, terminal):
        terminal.painted(line)
    if given.partial:
        if files[GRADESCOPE] is not None:
            complain(f"{GRADESCOPE} {files[GRADESCOPE]}: not written: a part is no grade")
        write_each({**files, GRADESCOPE: None}, lambda flag: WRITERS[flag](given))
        return INTERRUPTED
    if not write_each(files, lambda flag: WRITERS[flag](given)):
        return ExitStatus.USAGE
    return terminal.or_unwritten(ExitStatus.CONFORMS)
