"""Sessions for nox: `nox -l` lists them, `nox -s lint types` runs some.

Each has an environment of its own. What stands after `--` goes to pytest: `nox -s tests -- -n 2
tests/target`. The same without nox is in CONTRIBUTING.md.
"""

# nox is not installed where the types of the project are checked.
# mypy: disable-error-code="import-not-found, untyped-decorator"

import shutil
from pathlib import Path

import nox

ROOT = Path(__file__).parent.resolve()
CONSTRAINTS = ("-c", "constraints.txt")

INSTALLED = ("target", "faults", "properties", "pyproject.toml", "README.md", "LICENSE")
"""What an installed anechoic is built of."""

nox.options.sessions = ["lint", "types", "docs", "api"]
"""What `nox` alone runs: everything but the tests, which take minutes."""


@nox.session
def lint(session: nox.Session) -> None:
    """Look for mistakes, and whether everything is formatted."""
    session.install(*CONSTRAINTS, "ruff")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of all sources but those that need an ordinary install."""
    session.install(*CONSTRAINTS, "-e", ".[test]")
    session.run("mypy", ".")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, all of them on all cores unless told otherwise."""
    session.install(*CONSTRAINTS, "-e", ".[test,servers]")
    session.run("pytest", *(session.posargs or ["-n", "auto"]))


@nox.session
def docs(session: nox.Session) -> None:
    """Hold the documentation against the code."""
    session.install(*CONSTRAINTS, "-e", ".[test]")
    session.run("pytest", "tests/test_documentation.py", *session.posargs)


@nox.session
def api(session: nox.Session) -> None:
    """Check the types of examples/ and run them, where anechoic is installed as users install it.

    Sources and examples are copied away from the checkout: a build leaves files beside what it
    builds, and nothing of the checkout must be found in the place of what is installed.
    """
    elsewhere = Path(session.create_tmp()).resolve()
    source, examples = elsewhere / "source", elsewhere / "examples"
    for name in INSTALLED:
        _copy(ROOT / name, source / name)
    _copy(ROOT / "examples", examples)
    session.install(*CONSTRAINTS, "mypy", str(source))
    session.chdir(examples)
    session.run("mypy", "--config-file=", "--strict", ".")
    session.run("pytest", "--config-file=/dev/null", "--rootdir=.", *session.posargs, ".")


def _copy(path: Path, copy: Path) -> None:
    """Copy a file or a folder, in the place of an older copy."""
    if path.is_file():
        shutil.copy2(path, copy)
        return
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(path, copy, ignore=shutil.ignore_patterns("__pycache__"))
