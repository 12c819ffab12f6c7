"""One check of a comparison, in a process of its own, which ends with its parent."""

from collections.abc import Sequence
from pathlib import Path

from properties.cli.main import main as anechoic
from properties.compare.implementation import CannotBuild, Implementation, build, filled
from properties.compare.implementation_list import read
from properties.model.target_spec import RoleName
from properties.reports.terminal import complain
from properties.running.errors import UsageError
from properties.running.exit_status import INTERRUPTED, ExitStatus
from properties.running.process_lifetime import INTERRUPTION, die_with_parent


def arguments_of(implementation: Implementation, options: Sequence[str], folder: Path) -> list[str]:
    """Return the command line that checks an implementation; compiles it if it has to be.

    Raises CannotBuild.
    """
    # Several implementations are checked at the same time: each in one process.
    words = ["check", "--workers", "1", *options, *implementation.options]
    if implementation.service:
        here = {"here": str(implementation.here)}
        words.append(f"--service={filled(implementation.service, here)}")
    if implementation.address:
        return [*words, "--address", implementation.address]
    if implementation.role is RoleName.CLIENT:
        words.append("--client")
    if implementation.port is not None:
        words += ["--port", str(implementation.port)]
    return [*words, "--", *build(implementation, folder)]


def main(arguments: Sequence[str]) -> int:
    """Check one implementation; return the exit status of `anechoic check`.

    The arguments are a list, an identifier in it, a folder to compile into, and options for the
    check.
    """
    die_with_parent()
    INTERRUPTION.catch()
    path, identifier, folder, *options = arguments
    try:
        listed = read(Path(path))
        implementation = next(one for one in listed if one.identifier == identifier)
        words = arguments_of(implementation, options, Path(folder))
    except (CannotBuild, UsageError) as error:
        complain(str(error))
        return ExitStatus.USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    return anechoic(words)
