"""One check of a comparison, in a process of its own, which ends with the one that compares."""

from collections.abc import Sequence
from pathlib import Path

from properties import command_line
from properties.comparison.implementation import CannotBuild, Implementation, build
from properties.comparison.listing import read
from properties.lifetime import die_with_parent, end_on_sigterm
from properties.reports.screen import complain
from properties.run import INTERRUPTED, ExitStatus
from properties.subject import RoleName
from properties.tables import TableError


def arguments_of(implementation: Implementation, options: Sequence[str], folder: Path) -> list[str]:
    """Return the command line that checks an implementation; compiles it if it has to be.

    Raises CannotBuild.
    """
    words = ["check", *options, *implementation.options]
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
    end_on_sigterm()
    path, identifier, folder, *options = arguments
    try:
        listed = read(Path(path))
        implementation = next(one for one in listed if one.identifier == identifier)
        words = arguments_of(implementation, options, Path(folder))
    except (CannotBuild, TableError) as error:
        complain(str(error))
        return ExitStatus.USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    return command_line.main(words)
