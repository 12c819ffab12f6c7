"""An environment with anechoic installed from a wheel, and projects that have names of ours."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.compiled import made_once

ROOT = Path(__file__).parents[2]
PATIENCE = 240

BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


@dataclass(frozen=True)
class Installed:
    """A virtual environment, and the wheel that is installed in it."""

    folder: Path
    wheel: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.folder / "bin" / "python")

    @property
    def anechoic(self) -> str:
        """The command line of the installed package."""
        return str(self.folder / "bin" / "anechoic")

    def run(self, *words: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a program in a folder, with these variables and no path of the checkout."""
        unwanted = ("PYTHONPATH", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "NO_COLOR")
        environment = {n: value for n, value in os.environ.items() if n not in unwanted}
        return subprocess.run(
            words,
            cwd=cwd,
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


def installed_once() -> Installed:
    """Return an environment with the checkout as it is now, made once for all workers."""
    tracked = [ROOT / name for name in _tracked()]
    folder = made_once(["wheel", sys.executable, *_tracked()], tracked, install)
    return Installed(folder / "environment", next(folder.glob("*.whl")))


def install(folder: Path) -> None:
    """Build a wheel of the checkout and install it into a new environment in a folder.

    What anechoic depends on is taken from the environment that the tests run in.
    """
    wheel = built(folder)
    environment = folder / "environment"
    _called(sys.executable, "-m", "venv", "--without-pip", str(environment))
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = environment / "lib" / version / "site-packages"
    # A path in such a file is searched, but its own .pth files, our editable install, are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    # Ours installs into it: a pip of its own would take longer to install than all else here.
    pip = (sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"))
    _called(*pip, "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall", str(wheel))


def built(folder: Path) -> Path:
    """Build a wheel of what git knows of the checkout, and return its path."""
    source = folder / "source"
    for name in _tracked():
        place = source / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((ROOT / name).read_bytes())
    _called(sys.executable, "-c", BUILD, str(folder), cwd=source)
    return next(folder.glob("*.whl"))


def files_in(wheel: Path) -> set[str]:
    """Return the names of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _tracked() -> list[str]:
    parts = ("target", "faults", "properties", "pyproject.toml", "README.md", "LICENSE")
    kept = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *parts]
    said = subprocess.check_output(kept, cwd=ROOT, text=True)
    return [name for name in said.split("\0") if name and (ROOT / name).exists()]


def _called(*words: str, cwd: Path = ROOT) -> None:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def project(folder: Path) -> Path:
    """Make a project that has packages and a module with the names of ours, and a trivial test."""
    for name in ("properties", "target"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(f"OWNER = 'the project, {name}'\n")
    (folder / "faults.py").write_text("OWNER = 'the project, faults'\n")
    (folder / "test_trivial.py").write_text(
        "import faults\nimport properties\nimport target\n\n\n"
        "def test_they_are_the_projects():\n"
        "    for one in (faults, properties, target):\n"
        "        assert one.OWNER.startswith('the project')\n"
    )
    return folder
