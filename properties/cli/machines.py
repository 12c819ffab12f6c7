"""Workers on other machines (pytest-xdist's --tx): which there are, and what each of them lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import execnet
from execnet.gateway_bootstrap import HostNotFound

from properties.cli import machine_look
from properties.cli.pytest_reports import in_one_word
from properties.running.errors import UsageError
from properties.running.option_list import Options
from properties.running.run import Run
from properties.running.versions import versions
from target.command import REFERENCE, REFERENCE_CLIENT

PATIENCE = 60.0
"""Seconds for a machine to answer."""

END_PATIENCE = 5.0
"""Seconds for the interpreter that has looked to end."""

KNOWN_ARE_LEFT_OUT = (
    "cases of earlier runs were not tried: they are on this machine, and workers on others"
)


@dataclass(frozen=True)
class Machine:
    """A machine by what stands after --tx, such as ssh=host//python=python3."""

    spec: execnet.XSpec

    @property
    def name(self) -> str:
        """What the user calls it."""
        where = self.spec.ssh or self.spec.socket or self.spec.via or str(self.spec)
        return called(str(where))


def called(where: str) -> str:
    """Return the name of a machine from the words that reach it: "-p 2222 oak"."""
    return (where.split() or [where])[-1]


def given_in(for_pytest: Sequence[str]) -> list[str]:
    """Return the values of --tx."""
    found = []
    for place, word in enumerate(for_pytest):
        if word.startswith("--tx="):
            found.append(word.removeprefix("--tx="))
        elif word == "--tx" and place + 1 < len(for_pytest):
            found.append(for_pytest[place + 1])
    return found


def others_in(for_pytest: Sequence[str]) -> list[Machine]:
    """Return the machines of --tx other than this one, each once. Raises UsageError."""
    return list(dict.fromkeys(one for one in map(_machine, given_in(for_pytest)) if one))


def _machine(words: str) -> Machine | None:
    count, star, spec = words.partition("*")
    spec = spec if star and count.isdecimal() else words
    try:
        made = execnet.XSpec(_in_its_folder(spec))
    except (AttributeError, ValueError) as error:
        raise UsageError(f"--tx {words}: {error}") from None
    return None if made.popen else Machine(made)


def _in_its_folder(spec: str) -> str:
    """Return a spec whose worker stays in the folder that it is started in: xdist makes one."""
    is_here = spec.partition("//")[0].split("=")[0] == "popen"
    return spec if is_here or "//chdir=" in spec else f"{spec}//chdir=."


def for_machines(for_pytest: Sequence[str]) -> list[str]:
    """Return pytest's options as they can be sent, with a folder in each --tx.

    xdist would take a word that names a file here for one that it has copied.
    """
    words = in_one_word(for_pytest)
    for place, word in enumerate(words):
        if word.startswith("--tx="):
            words[place] = f"--tx={_in_its_folder(word.removeprefix('--tx='))}"
        elif place and words[place - 1] == "--tx":
            words[place] = _in_its_folder(word)
    return words


def prepare(machines: Sequence[Machine], run: Run, options: Options) -> None:
    """Look at each machine; note what a run lacks there, and leave out what cannot be sent there.

    Raises UsageError where one cannot take part.
    """
    for machine in machines:
        run.left_out += lacking(machine, _looked_at(machine, run, options))
    if machines:
        leave_out_known_cases(run)


def leave_out_known_cases(run: Run) -> None:
    """Take cases of earlier runs out of the plan, and say so: other machines have no such file."""
    if run.known:
        run.parts = tuple(part for part in run.parts if part.case is None)
        run.left_out.append(KNOWN_ARE_LEFT_OUT)


def _looked_at(machine: Machine, run: Run, options: Options) -> dict[str, Any]:
    command = run.settings.target.command
    own = command is None or command in (REFERENCE, REFERENCE_CLIENT)
    program = "" if own or command is None else command.words[0]
    table = options.service if (options.service or "").endswith(".toml") else None
    asked = {
        "program": program,
        "files": [path for path in (options.expect, options.cwd, table) if path],
    }
    found = _answer_of(machine, asked)
    require(machine, found, program)
    return found


def _answer_of(machine: Machine, asked: dict[str, Any]) -> dict[str, Any]:
    group = execnet.Group()
    try:
        channel = group.makegateway(execnet.XSpec(str(machine.spec))).remote_exec(machine_look)
        channel.send(asked)
        answer: dict[str, Any] = channel.receive(PATIENCE)
    except HostNotFound:
        raise UsageError(f"{machine.name}: it cannot be reached") from None
    except (OSError, EOFError, execnet.RemoteError, execnet.TimeoutError) as error:
        last = str(error).strip().splitlines()[-1:] or ["it ended"]
        raise UsageError(f"{machine.name}: no Python answers there: {last[0]}") from None
    finally:
        group.terminate(timeout=END_PATIENCE)
    return answer


def require(machine: Machine, found: dict[str, Any], program: str) -> None:
    """Check that a machine has what a worker needs. Raises UsageError."""
    here = versions()["anechoic"]
    if not found["anechoic"]:
        raise UsageError(
            f"{machine.name}: anechoic is not installed for its Python {found['python']}: install "
            "it, or name the interpreter that has it with //python="
        )
    if found["anechoic"] != here:
        raise UsageError(f"{machine.name}: anechoic is {found['anechoic']} there and {here} here")
    if not found["program"]:
        raise UsageError(f"{machine.name}: there is no program {program!r}")
    for path in found["missing"]:
        raise UsageError(f"{machine.name}: there is no {path!r}, which an option names")


def lacking(machine: Machine, found: dict[str, Any]) -> list[str]:
    """Return in words what a machine lacks without which a run can go on."""
    if not found["no_gate"]:
        return []
    return [f"{machine.name}: no call can be held there: {found['no_gate']}"]
