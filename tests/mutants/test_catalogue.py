"""Every mutant and variant says what it is, builds, starts, and can echo one line."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from properties.client.events import Accepted
from properties.client.execute import execute
from properties.model.settings import Rules
from properties.model.target_spec import RoleName
from target import processes
from target.command import Command
from tests.exhaustive import parameters
from tests.mutants.catalogue import (
    CLIENT_FAULTS,
    CLIENT_INVARIANTS,
    CLIENT_MUTANTS,
    CLIENT_VARIANTS,
    FAULTS,
    INVARIANTS,
    KINDS_OF,
    MUTANTS,
    MUTANTS_FOLDER,
    VARIANTS,
    VARIANTS_FOLDER,
    HeaderError,
    Mutant,
    Variant,
    build,
    header,
    read_mutant,
)

PATIENCE = 20.0
"""Seconds that something has to happen in which happens within milliseconds."""

LISTEN = "0A"
PROGRAMS: tuple[Mutant | Variant, ...] = (*MUTANTS, *VARIANTS)
ALL_MUTANTS = (*MUTANTS, *CLIENT_MUTANTS)
ALL_VARIANTS = (*VARIANTS, *CLIENT_VARIANTS)
CLIENTS: tuple[Mutant | Variant, ...] = (*CLIENT_MUTANTS, *CLIENT_VARIANTS)


def each(programs: Sequence[Mutant | Variant]) -> list[ParameterSet]:
    """Return programs as a test's parameters: the detection tests start the mutants as well."""
    return parameters(programs, lambda one: one.name, lambda one: isinstance(one, Mutant))


class NotListening(Exception):
    """The server ended, or something else has the port."""


def free_port() -> int:
    """Find a port that no socket listens on now."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port: int = reserved.getsockname()[1]
        return port


def listening_inodes(port: int) -> set[str]:
    """Find the inodes of the sockets that listen on a port."""
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return {row[9] for row in rows if row[3] == LISTEN and int(row[1].split(":")[1], 16) == port}


def socket_inodes(pid: int) -> set[str]:
    """Find the inodes of the sockets that a process has open, by whichever of its threads."""
    names = processes.descriptors_of(pid).values()
    found = (name for name in names if name.startswith("socket:["))
    return {name.removeprefix("socket:[").removesuffix("]") for name in found}


def has_ended(pid: int) -> bool:
    """Tell whether a child has ended, and leave it to be waited for."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def wait_for_listen(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait, without connecting, until this very process listens."""
    deadline = time.monotonic() + PATIENCE
    while not listening_inodes(port) & socket_inodes(process.pid):
        if has_ended(process.pid):
            raise NotListening("it has ended")
        assert time.monotonic() < deadline, "it does not listen"
        os.sched_yield()


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the whole group; the leader was not reaped before, so the id still is its own."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def started(command: tuple[str, ...], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Hold a server that listens, in its own process group; nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory() as directory:
        words = [word.format(port=port, dir=directory) for word in command]
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, process_group=0)
        try:
            wait_for_listen(process, port)
            yield process
        finally:
            stop(process)


@contextmanager
def started_somewhere(command: tuple[str, ...]) -> Iterator[int]:
    """Hold a server on a free port; when another test took the port first, try again."""
    for _ in range(5):
        port = free_port()
        try:
            with started(command, port):
                yield port
                return
        except NotListening:
            continue
    pytest.fail("it never listened")


def exchange(port: int, message: bytes) -> bytes:
    """Send a message, read as much, and leave."""
    echoed = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        client.sendall(message)
        while len(echoed) < len(message) and (data := client.recv(len(message))):
            echoed += data
    return echoed


def test_there_are_enough_mutants() -> None:
    assert len(MUTANTS) >= 110
    assert len(VARIANTS) >= 15
    assert len(CLIENT_MUTANTS) >= 80
    assert len(CLIENT_VARIANTS) >= 10


def test_names_are_unique() -> None:
    names = [program.name for program in (*PROGRAMS, *CLIENT_MUTANTS, *CLIENT_VARIANTS)]
    assert len(names) == len(set(names))


def test_a_program_in_c_may_have_the_name_of_what_python_programs_have_in_common() -> None:
    sources = {*MUTANTS_FOLDER.glob("*.c"), *VARIANTS_FOLDER.glob("*.c")}
    assert sources <= {program.path for program in PROGRAMS}


def test_every_invariant_has_a_mutant() -> None:
    assert {mutant.invariant for mutant in MUTANTS} == set(INVARIANTS)
    assert {mutant.invariant for mutant in CLIENT_MUTANTS} == set(CLIENT_INVARIANTS)


def test_every_fault_has_a_mutant() -> None:
    assert {mutant.fault for mutant in MUTANTS} == set(FAULTS)
    # All faults mixed are those of the other families.
    assert {mutant.fault for mutant in CLIENT_MUTANTS} >= set(CLIENT_FAULTS) - {"mixed"}


@pytest.mark.parametrize("mutant", ALL_MUTANTS, ids=[mutant.name for mutant in ALL_MUTANTS])
def test_a_mutant_says_what_is_wrong_with_it(mutant: Mutant) -> None:
    is_server = mutant.role is RoleName.SERVER
    assert mutant.invariant in (INVARIANTS if is_server else CLIENT_INVARIANTS)
    assert mutant.fault in (FAULTS if is_server else CLIENT_FAULTS)
    assert mutant.mistake.endswith(")"), "the place where the mistake is described is missing"
    assert mutant.kind in KINDS_OF[mutant.role]


@pytest.mark.parametrize(
    ("lines", "seed", "connections"),
    [
        ("int main;\n", 1, None),
        ("", 1, None),
        ("// seed: 12\nint main;\n", 12, None),
        ("// connections: 4\n// seed: 2\n", 2, 4),
    ],
)
def test_a_mutant_may_say_what_shows_it_soon(
    lines: str, seed: int, connections: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "reap_nothing.c"
    path.write_text(f"// mistake: one (UNP 5)\n// invariant: two\n// fault: three\n{lines}")
    mutant = read_mutant(path)
    assert (mutant.seed, mutant.connections) == (seed, connections)


def test_the_kind_of_a_mistake_follows_from_the_name(tmp_path: Path) -> None:
    path = tmp_path / "reap_nothing.c"
    path.write_text("// mistake: one (UNP 5)\n// invariant: two\n// fault: three\n")
    assert read_mutant(path).kind == "Reaping"


@pytest.mark.parametrize("variant", ALL_VARIANTS, ids=[variant.name for variant in ALL_VARIANTS])
def test_a_variant_says_why_it_is_right(variant: Variant) -> None:
    assert variant.correct.endswith(")"), "the place where it is described is missing"


@pytest.mark.parametrize(
    "text", ["", "// mistake: one\n// invariant: two\n", "int main;\n", "// mistake:\n"]
)
def test_an_incomplete_header_is_an_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "program.c"
    path.write_text(text)
    with pytest.raises(HeaderError, match=r"program\.c"):
        header(path, ("mistake", "invariant", "fault"))


@pytest.mark.parametrize("program", each(PROGRAMS))
def test_it_builds_starts_and_echoes_a_line(program: Mutant | Variant, tmp_path: Path) -> None:
    with started_somewhere(build(program)) as port:
        assert exchange(port, b"hello\n") == b"hello\n"


@pytest.mark.parametrize("program", each(CLIENTS))
def test_a_client_builds_and_connects(program: Mutant | Variant, tmp_path: Path) -> None:
    command = Command(build(program))
    history = execute((), command, "127.0.0.1", Rules(patience=PATIENCE))
    assert any(history.of(Accepted))
