"""Each server of the catalogue starts as it says, echoes, and leaves nothing when stopped."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from properties.compare.implementation import CannotBuild, filled, which
from properties.compare.implementation import build as build_into
from properties.server.invariants.registry import INVARIANTS

from .catalogue import IMPLEMENTATIONS, Implementation, build, missing

PATIENCE = 30.0
PAUSE = 0.01
LISTEN = "0A"
MESSAGE = bytes(number % 251 for number in range(1000))

INVARIANT_IDS = {invariant.id for invariant in INVARIANTS}

LOSES_WHAT_IS_UNDERWAY = {"ncat-exec", "twisted-wire-echo"}
"""What is on its way back when the client half-closes may be lost."""

LISTENS_ON_ALL = {"busybox-nc-ll-e-cat"}
"""They cannot be told an address, and listen on every one."""

everyone = pytest.mark.parametrize(
    "implementation", IMPLEMENTATIONS, ids=[one.identifier for one in IMPLEMENTATIONS]
)


def own_host() -> str:
    """Return a loopback address of this test process alone: a fixed port must not collide."""
    pid = os.getpid()
    return f"127.{64 + (pid >> 16) % 128}.{pid >> 8 & 255}.{pid & 255}"


def free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    """Tell from /proc, since a connection would be the server's first client."""
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            if state == LISTEN and int(local.rpartition(":")[2], 16) == port:
                return True
    return False


def wait_until_listening(server: subprocess.Popen[bytes], port: int, output: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_listening(port):
        said = f"it said: {output.read_text(errors='replace')}"
        assert time.monotonic() < deadline, f"not listening after {PATIENCE:.0f} s; {said}"
        # Waiting for its end is the pause: a server that ends at once is noticed at once.
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"ended with status {server.wait(PAUSE)}; {said}")


def survivors(session: int, known: list[psutil.Process]) -> list[psutil.Process]:
    """Return what still runs, of the session and the known; what init has yet to reap does not."""
    found = []
    for process in {*known, *psutil.process_iter()}:
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            related = process in known or os.getsid(process.pid) == session
            if related and process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def stop(server: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Kill the server and all it has started, and return those of them that are still there."""
    family: list[psutil.Process] = []
    if server.poll() is None:
        # A stopped listener makes no more children, so the list of them stays complete. It has to
        # be made before the kill, and by descent: a worker may have left the process group.
        server.send_signal(signal.SIGSTOP)
        family = psutil.Process(server.pid).children(recursive=True)
        server.kill()
        server.wait(PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    deadline = time.monotonic() + PATIENCE
    while left := survivors(server.pid, family):
        if time.monotonic() > deadline:
            break
        psutil.wait_procs(left, timeout=PAUSE)
    return left


@contextmanager
def running(command: tuple[str, ...], port: int, output: Path) -> Iterator[None]:
    with output.open("wb") as sink:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_listening(server, port, output)
        yield
        assert server.poll() is None, f"ended with status {server.returncode} after one client"
    finally:
        left = stop(server)
    assert not left
    assert not is_listening(port)


def command_at(command: tuple[str, ...], host: str, port: int) -> tuple[str, ...]:
    """Return the command with its address filled in."""
    return tuple(filled(word, {"host": host, "port": str(port)}) for word in command)


def receive(client: socket.socket, size: int) -> bytes:
    """Read until that many bytes or EOF."""
    received = b""
    while len(received) < size and (data := client.recv(size - len(received))):
        received += data
    return received


@everyone
def test_it_echoes_ends_with_eof_and_leaves_nothing(
    implementation: Implementation, tmp_path: Path
) -> None:
    reason = missing(implementation)
    if reason is not None:
        pytest.skip(reason)
    host = own_host()
    on_all = implementation.identifier in LISTENS_ON_ALL
    port = implementation.port or free_port("" if on_all else host)
    command = command_at(build(implementation), host, port)

    with (
        running(command, port, tmp_path / "output"),
        socket.create_connection((host, port), timeout=PATIENCE) as client,
    ):
        client.sendall(MESSAGE)
        if implementation.identifier not in LOSES_WHAT_IS_UNDERWAY:
            client.shutdown(socket.SHUT_WR)
            assert receive(client, len(MESSAGE)) == MESSAGE
        else:
            assert receive(client, len(MESSAGE)) == MESSAGE
            client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""


@everyone
def test_an_entry_is_complete(implementation: Implementation) -> None:
    words = " ".join(implementation.command)
    assert ("{port}" in words) or implementation.port is not None
    assert ("{host}" in words) or implementation.identifier in LISTENS_ON_ALL
    assert ("{folder}" in words) == bool(implementation.compiler)
    assert len(implementation.options) % 2 == 0
    assert len(implementation.about) > 80
    assert implementation.model
    assert implementation.package


@everyone
def test_a_deviation_names_the_invariants_it_breaks(implementation: Implementation) -> None:
    for clause in filter(None, implementation.deviation.split("; ")):
        assert set(clause.partition(":")[0].split(", ")) <= {
            invariant.id for invariant in INVARIANTS
        }
    loses = implementation.identifier in LOSES_WHAT_IS_UNDERWAY
    assert not loses or "clean_eof" in implementation.deviation


def test_what_is_missing_is_said_with_its_package() -> None:
    one = replace(IMPLEMENTATIONS[0], programs=("no-such-server",), package="some-package")
    assert missing(one) == "no-such-server is not installed (package some-package)"
    one = replace(one, programs=("sh",), module="no_such_module")
    assert (
        missing(one) == "the Python module no_such_module is not installed (package some-package)"
    )
    assert missing(replace(one, module="")) is None


def test_a_compiler_is_needed_as_well() -> None:
    one = replace(IMPLEMENTATIONS[0], compiler=("no-such-compiler", "x.c"))
    assert missing(one) == f"no-such-compiler is not installed (package {one.package})"


def test_what_the_compiler_said_is_told(tmp_path: Path) -> None:
    one = replace(IMPLEMENTATIONS[0], compiler=("sh", "-c", "echo no semicolon; exit 1"))
    with pytest.raises(CannotBuild, match="no semicolon"):
        build_into(one, tmp_path)


def test_braces_that_are_no_placeholders_stay(tmp_path: Path) -> None:
    one = replace(IMPLEMENTATIONS[0], command=("sh", "-c", "${x} {host}:{port}"))
    assert command_at(build_into(one, tmp_path), "127.0.0.1", 7) == (
        which("sh"),
        "-c",
        "${x} 127.0.0.1:7",
    )
