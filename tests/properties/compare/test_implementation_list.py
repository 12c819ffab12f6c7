"""Lists of implementations: what an entry may say, and what is refused by name."""

from pathlib import Path

import pytest

from properties.compare.implementation import build, missing
from properties.compare.implementation_list import READY, read
from properties.model.target_spec import RoleName
from properties.running.errors import UsageError

MINE = '[[implementation]]\nname = "Mine, the 2nd"\ncommand = "{python} {here}/mine {port}"\n'
RUNS = '[[implementation]]\nname = "x"\naddress = "127.0.0.1:7"\n'


def written(folder: Path, content: str) -> Path:
    path = folder / "list.toml"
    path.write_text(content)
    return path


def test_an_entry_needs_a_name_and_a_command(tmp_path: Path) -> None:
    (one,) = read(written(tmp_path, MINE))
    assert (one.name, one.identifier, one.role) == (
        "Mine, the 2nd",
        "mine-the-2nd",
        RoleName.SERVER,
    )
    assert one.command == ("{python}", "{here}/mine", "{port}")


def test_what_is_known_is_filled_in_and_the_rest_is_left_to_the_check(tmp_path: Path) -> None:
    (one,) = read(written(tmp_path, MINE))
    python, script, port = build(one, tmp_path)
    assert Path(python).is_absolute()
    assert (script, port) == (f"{tmp_path}/mine", "{port}")


def test_all_that_can_be_said_of_an_implementation_is_read(tmp_path: Path) -> None:
    (one,) = read(
        written(
            tmp_path,
            '[[implementation]]\nname = "x"\nrole = "client"\ncommand = ["{folder}/x", "a b"]\n'
            'needs = { programs = ["sh"], module = "os", package = "p" }\n'
            'compile = "cc -o {folder}/x x.c"\nenvironment.A = "b"\n'
            'options = "--patience 3"\nmodel = "fork"\nabout = """\nlong\nwords"""\n'
            'deviation = "none"\n',
        )
    )
    assert one.role is RoleName.CLIENT
    assert one.command == ("{folder}/x", "a b")
    assert one.needed == ("sh", "cc")
    assert (one.module, one.package) == ("os", "p")
    assert one.compiler == ("cc", "-o", "{folder}/x", "x.c")
    assert one.environment == (("A", "b"),)
    assert one.options == ("--patience", "3")
    assert (one.model, one.about, one.deviation) == ("fork", "long words", "none")


def test_a_server_may_have_a_fixed_port(tmp_path: Path) -> None:
    (one,) = read(written(tmp_path, MINE + "port = 7\n"))
    assert one.port == 7


def test_a_server_that_runs_already_has_an_address(tmp_path: Path) -> None:
    (one,) = read(written(tmp_path, RUNS))
    assert one.address == "127.0.0.1:7"
    assert missing(one) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[[x\n", "is not TOML"),
        ("", "has no [[implementation]]"),
        ("[implementation]\n", "write each implementation as a table"),
        ("nonsense = 1\n" + MINE, "there is no 'nonsense'; write each implementation as a table"),
        ("implementation = [1]\n", "entry 1: write it as a table"),
        (MINE + "x = 1\n", "entry 1: there is no 'x'; known are name, role"),
        (MINE + 'needs = "x"\n', "needs must be a table"),
        (MINE + "needs = { version = 3 }\n", "there is no 'version'; known are programs"),
        (MINE + 'role = "proxy"\n', "role = 'proxy' must be 'server' or 'client'"),
        (MINE + 'port = "7"\n', "port = '7' must be a number from 1 to 65535"),
        (MINE + "options = [1]\n", "must be text in quotes, or a list of such words"),
        (MINE + "environment.A = 1\n", "must be a table of texts"),
        (MINE + "model = 3\n", "model = 3 must be text in quotes"),
        (MINE + 'options = "a \\"b"\n', "No closing quotation"),
        (MINE + MINE, "two implementations are called 'Mine, the 2nd'"),
        ('[[implementation]]\ncommand = "x"\n', "entry 1 has no name"),
        ('[[implementation]]\nname = "***"\ncommand = "x"\n', "must have letters or digits"),
        (f'[[implementation]]\nname = "{"x" * 61}"\ncommand = "x"\n', "60 characters at most"),
        (MINE + "port = true\n", "port = True must be a number"),
        ('[[implementation]]\nname = "x"\nrole = "client"\naddress = "h:1"\n', "by its command"),
        ('[[implementation]]\nname = "x"\n', "give 'x' a command or an address"),
        (MINE + 'address = "127.0.0.1:7"\n', "a command or an address"),
        (RUNS + "port = 7\n", "entry 1: port would have no effect: a server with an address"),
        (RUNS + 'compile = "make"\n', "entry 1: compile would have no effect: a server with an"),
        (
            RUNS + 'compile = "make"\nenvironment.A = "b"\n',
            "entry 1: compile and environment would have no effect: a server with an address",
        ),
        (MINE + 'role = "client"\nport = 7\n', "port would have no effect: a client does not"),
        (MINE + 'environment.A = "b"\n', "environment would have no effect: it is for compile"),
    ],
)
def test_what_is_no_list_is_refused_by_name(tmp_path: Path, content: str, words: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(UsageError) as refused:
        read(path)
    assert words in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml cannot be read: No such file"):
        read(tmp_path / "none.toml")


def test_the_ready_list_has_servers_and_clients_and_the_sources_it_names() -> None:
    ready = read(READY)
    assert {one.role for one in ready} == set(RoleName)
    named = {
        word.replace("{here}", str(one.here))
        for one in ready
        for word in (*one.command, *one.compiler)
        if word.startswith("{here}/")
    }
    programs = READY.parent / "programs"
    assert named == {str(path) for path in programs.iterdir() if path.is_file()}


def test_a_module_of_a_package_that_is_not_there_is_missing(tmp_path: Path) -> None:
    (one,) = read(written(tmp_path, MINE + 'needs = { module = "no_such_package.part" }\n'))
    assert missing(one) == "the Python module no_such_package.part is not installed"
