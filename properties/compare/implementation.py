"""One echo server or client to be compared: how to get it, how to start it, what is known of it."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from properties.model.target_spec import RoleName
from properties.running.process_lifetime import die_with_parent
from target.errors import ShownError
from target.own_variables import of_the_user

# Superservers are in folders that are only in root's PATH.
SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"])

COMPILE_SECONDS = 300
"""A compiler on a busy machine is slow; one that asks a question would wait for ever."""


class CannotBuild(ShownError):
    """The compiler of an implementation failed; the message has its output."""


@dataclass(frozen=True, kw_only=True)
class Implementation:
    """One server or client.

    `command` has {host} and {port}, and may have {folder}, for what is compiled, {here}, the folder
    of the list, and {python}. A server that already runs has an `address` instead.
    """

    name: str
    """Its name for people, unique in its list."""
    here: Path
    role: RoleName = RoleName.SERVER
    command: tuple[str, ...] = ()
    address: str = ""
    port: int | None = None
    """The fixed port of one that cannot be given another."""
    service: str = ""
    """What a server owes, as for `--service`; may have {here}. Empty for echo."""
    options: tuple[str, ...] = ()
    """The options of `anechoic check` that state its limits."""
    programs: tuple[str, ...] = ()
    """Executables that must be there beside those of `command` and `compiler`."""
    module: str = ""
    """The Python module that must be there."""
    package: str = ""
    """The package that contains these."""
    compiler: tuple[str, ...] = ()
    """The command that compiles it."""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables for the compiler."""
    model: str = ""
    """How connections are served; of a client: what it does when its input ends."""
    about: str = ""
    """What is known about its limits and behaviour, and from where."""
    deviation: str = ""
    """The defect it is known to have, in words."""

    @property
    def identifier(self) -> str:
        """The name without spaces and without characters that are special in a shell or in HTML."""
        words = "".join(letter if letter.isalnum() else " " for letter in self.name)
        return "-".join(words.lower().split())

    @property
    def service_name(self) -> str:
        """What people call its service: a table by the name of its file."""
        return Path(self.service).stem if self.service else "echo"

    @property
    def needed(self) -> tuple[str, ...]:
        """The executables that must be there."""
        words = (*self.programs, *self.compiler[:1], *self.command[:1])
        return tuple(word for word in words if not word.startswith("{"))


def which(program: str) -> str | None:
    """Return where a program is, also when it is only in root's PATH."""
    return shutil.which(program, path=SEARCH_PATH)


def missing(implementation: Implementation, *, own_network: bool = False) -> str | None:
    """Return why it cannot be run on this machine, in words; None when it can.

    `own_network`: in its own network, where all ports may be used.
    """
    package = f" (package {implementation.package})" if implementation.package else ""
    for program in implementation.needed:
        if which(program) is None:
            return f"{program} is not installed{package}"
    module = implementation.module
    if module and not _is_there(module):
        return f"the Python module {module} is not installed{package}"
    port = implementation.port
    if own_network or port is None or os.geteuid() == 0:
        return None
    if port < _first_unprivileged_port():
        return f"{implementation.name} listens on port {port}, which only root may"
    return None


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _first_unprivileged_port() -> int:
    setting = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    return int(setting.read_text()) if setting.exists() else 1024


def build(implementation: Implementation, folder: Path) -> tuple[str, ...]:
    """Compile it into the folder, if it has to be, and return its command with {host} and {port}.

    The folder must be the caller's own: two compilers must not write to it at once.
    Raises CannotBuild.
    """
    into = {"folder": str(folder), "here": str(implementation.here), "python": sys.executable}
    if implementation.compiler:
        _compile(implementation, folder, into)
    program, *arguments = (filled(word, into) for word in implementation.command)
    return (which(program) or program, *arguments)


def _compile(implementation: Implementation, folder: Path, into: Mapping[str, str]) -> None:
    environment = {**of_the_user(), "PATH": SEARCH_PATH}
    for name, value in implementation.environment:
        environment[name] = filled(value, into)
    try:
        compiler = subprocess.Popen(
            [filled(word, into) for word in implementation.compiler],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # It has children of its own, which end with it when we are interrupted.
            process_group=0,
            preexec_fn=die_with_parent,
        )
    except OSError as error:
        raise CannotBuild(f"{implementation.name} cannot be compiled: {error}") from None
    try:
        output, _ = compiler.communicate(timeout=COMPILE_SECONDS)
    except subprocess.TimeoutExpired:
        raise CannotBuild(f"{implementation.name}: its compiler did not end") from None
    finally:
        if compiler.returncode is None:
            os.killpg(compiler.pid, signal.SIGKILL)
            compiler.communicate()
    if compiler.returncode != 0:
        raise CannotBuild(f"{implementation.name} does not compile:\n{output}")


def filled(word: str, values: Mapping[str, str]) -> str:
    """Return a word with what is known filled in; other braces stay as they are."""
    for name, value in values.items():
        word = word.replace("{" + name + "}", value)
    return word
