"""anechoic installed from a wheel: also in a project with packages of the same names as ours."""

import sys
from pathlib import Path

import pytest

from tests.packaging.installed import ROOT, Installed, files_in, installed_once, project

FEW = ("--fault", "control", "--max-examples", "1", "--no-sweep", "--seed", "1", "-n", "1")
REFERENCE = (*FEW, "-k", "test_workloads")


@pytest.fixture(scope="module")
def installed() -> Installed:
    return installed_once()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return project(tmp_path / "project")


def test_the_wheel_has_every_file_of_the_packages(installed: Installed) -> None:
    files = files_in(installed.wheel)
    packages = ("target", "faults", "properties")
    wanted = {
        str(path.relative_to(ROOT)).replace("properties/api/", "anechoic/")
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted - files == set()


def test_a_project_with_such_names_runs_its_own_tests(installed: Installed, own: Path) -> None:
    done = installed.run(installed.python, "-m", "pytest", "-q", cwd=own)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_plugin_loads_nothing_of_ours_in_other_projects(
    installed: Installed, tmp_path: Path
) -> None:
    (tmp_path / "test_modules.py").write_text(
        "import sys\n\n\ndef test_modules():\n"
        "    ours = ('properties', 'faults', 'target', 'hypothesis')\n"
        "    assert [name for name in sys.modules if name.split('.')[0] in ours] == []\n"
        "    assert 'anechoic.plugin' in sys.modules\n"
    )
    done = installed.run(
        installed.python, "-m", "pytest", "-q", "-p", "no:hypothesispytest", cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("", id="", marks=pytest.mark.exhaustive),
        pytest.param(".", id="with PYTHONPATH=."),
    ],
)
def test_the_command_line_works_in_a_project_with_such_names(
    installed: Installed, own: Path, path: str
) -> None:
    # Through pytest, which may meet the project's modules, and through workers of our own.
    through_pytest = (installed.anechoic, "check", *REFERENCE)
    by_workers = (installed.python, "-m", "anechoic", "check", *FEW)
    for words in (through_pytest, by_workers):
        done = installed.run(*words, cwd=own, PYTHONPATH=path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "the bundled reference server (target.tcpserv04) conforms" in done.stdout


@pytest.mark.parametrize(
    "path",
    ["", pytest.param(".", marks=pytest.mark.exhaustive)],
    ids=["", "with PYTHONPATH=."],
)
def test_xdists_workers_find_our_packages_too(installed: Installed, own: Path, path: str) -> None:
    words = (installed.anechoic, "check", *REFERENCE, "-n", "2")
    done = installed.run(*words, cwd=own, PYTHONPATH=path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_suite_runs_in_pytest_outside_the_checkout(
    installed: Installed, tmp_path: Path
) -> None:
    server = f"{installed.python} -P -m target.tcpserv04 --port {{port}}"
    words = (
        "--anechoic-server",
        server,
        "--anechoic-max-examples=1",
        "--anechoic-no-sweep",
        "--anechoic-cases=kept",
    )
    suite = ("--pyargs", "properties.suite", "--anechoic-fault=control", "-k", "test_workloads")
    done = installed.run(installed.python, "-m", "pytest", *suite, *words, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "conforms" in done.stdout


def test_the_api_works_beside_such_names(installed: Installed, own: Path) -> None:
    (own / "test_server.py").write_text(
        "import sys\nimport anechoic\n\n\n"
        "def test_server(anechoic_check):\n"
        "    line = sys.executable + ' -P -m target.tcpserv04 --port {port}'\n"
        "    anechoic_check(line, faults=['control'], max_examples=1, no_sweep=True)\n"
    )
    words = (installed.python, "-m", "pytest", "-q", "test_server.py")
    done = installed.run(*words, cwd=own)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_api_says_which_package_is_in_its_place(installed: Installed, own: Path) -> None:
    lines = ("import properties, anechoic", "try:", "    anechoic.check")
    script = "\n".join((*lines, "except ImportError as error:", "    print(error)"))
    done = installed.run(installed.python, "-c", script, cwd=own)
    assert done.returncode == 0, done.stderr
    assert "another one was imported before" in done.stdout
    assert str(own / "properties") in done.stdout


def test_the_options_of_pytest_have_our_prefix(installed: Installed, tmp_path: Path) -> None:
    done = installed.run(installed.python, "-m", "pytest", "--help", cwd=tmp_path)
    ours = done.stdout.partition("fault injection and conformance tests")[2].splitlines()
    named = [line.split()[0] for line in ours if line.startswith("  --")]
    own_options = [name for name in named if "anechoic" in name]
    assert "--anechoic-server=COMMAND" in own_options
    assert "--server" not in done.stdout.replace("--anechoic-server", "")


def test_the_examples_are_typed_and_run(installed: Installed, tmp_path: Path) -> None:
    words = (sys.executable, "-m", "mypy", "--strict", "--python-executable", installed.python)
    cache = ("--cache-dir", "/dev/null", "--config-file", "/dev/null")
    done = installed.run(
        *words, *cache, str(ROOT / "examples"), str(ROOT / "tests" / "api"), cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
