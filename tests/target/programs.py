"""How the tests of the book's programs start them, look at them in /proc, and end them."""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.starting import interruptible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 20.0
ROOT = Path(__file__).parents[2]
X86_64 = platform.machine() == "x86_64"
SYS_READ = "0" if X86_64 else "63"
SYS_CONNECT = "42" if X86_64 else "203"
SYS_PPOLL = "271" if X86_64 else "73"


def wait_until(condition: Callable[[], object]) -> None:
    """Return as soon as the condition holds; fail when it has not for very long."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"never came true: {condition}"
        time.sleep(0.0005)


def free_port(host: str = "127.0.0.1") -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(program: str, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of `target/` with its streams in pipes; kill it and its children at the end."""
    with interruptible():
        process = subprocess.Popen(
            [sys.executable, "-m", f"target.{program}", *map(str, arguments)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            with contextlib.suppress(BrokenPipeError):
                stream.close()


@contextlib.contextmanager
def serving(
    program: str, host: str = "127.0.0.1"
) -> Iterator[tuple[subprocess.Popen[bytes], tuple[str, int]]]:
    """Run a server and wait, without connecting, until it sleeps in its accept."""
    address = (host, free_port(host))
    with running(program, "--host", host, "--port", address[1]) as server:
        wait_until(lambda: server.poll() is not None or waits_for_clients(server.pid))
        assert server.poll() is None, stderr_of(server)
        yield server, address


def stderr_of(process: subprocess.Popen[bytes]) -> str:
    """Return all that an ended process said on standard error."""
    assert process.stderr is not None
    process.wait(PATIENCE)
    return process.stderr.read().decode()


def syscall_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/syscall").read_text().split()


def waits_for_clients(pid: int) -> bool:
    """Say whether a process sleeps in ppoll() of one descriptor and without a timeout."""
    match syscall_of(pid):
        case [number, _, descriptors, timeout, *_]:
            return (number, int(descriptors, 16), int(timeout, 16)) == (SYS_PPOLL, 1, 0)
    return False


def state_of(pid: int) -> str:
    """Return the letter of ps: S sleeps, T is stopped, Z is a zombie; X when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def zombies_of(pid: int) -> list[int]:
    return [child for child in children_of(pid) if state_of(child) == "Z"]


def sockets_of(pid: int) -> int:
    links = Path(f"/proc/{pid}/fd").iterdir()
    return sum(os.readlink(link).startswith("socket:") for link in links)


def settle(pid: int) -> None:
    """Wait for the fixed point: no worker lives, no signal is pending, the listener sleeps."""

    def settled() -> bool:
        status = status_of(pid)
        nothing_pending = int(status["SigPnd"], 16) == int(status["ShdPnd"], 16) == 0
        only_zombies = set(zombies_of(pid)) == set(children_of(pid))
        return nothing_pending and only_zombies and waits_for_clients(pid)

    # Twice, because one look is made of several reads.
    wait_until(lambda: settled() and settled())


def echo(client: socket.socket, data: bytes) -> bytes:
    """Send data and return as many bytes of what comes back."""
    client.sendall(data)
    return receive(client, len(data))


def receive(client: socket.socket, count: int) -> bytes:
    """Return `count` bytes, or fewer when EOF comes first."""
    got = bytearray()
    while len(got) < count and (part := client.recv(count - len(got))):
        got += part
    return bytes(got)


def connected(address: tuple[str, int], count: int) -> list[socket.socket]:
    """Return connections that each have their worker: one byte has been echoed on each."""
    clients = [socket.create_connection(address, timeout=PATIENCE) for _ in range(count)]
    for client in clients:
        assert echo(client, b"x") == b"x"
    return clients


def reset(client: socket.socket) -> None:
    """Close with a RST in place of a FIN (UNP 7.5, SO_LINGER)."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def close_together(server: subprocess.Popen[bytes], clients: list[socket.socket]) -> None:
    """Close all clients while the listener is frozen, so that the SIGCHLDs merge into one."""
    wait_until(lambda: waits_for_clients(server.pid))
    before = len(zombies_of(server.pid))
    os.kill(server.pid, signal.SIGSTOP)
    try:
        # Until it has stopped it takes the first SIGCHLD, whose number is lower than SIGSTOP's.
        wait_until(lambda: state_of(server.pid) == "T")
        for client in clients:
            client.close()
        wait_until(lambda: len(zombies_of(server.pid)) == before + len(clients))
        # A child is a zombie a moment before its SIGCHLD is sent, both under the kernel's
        # tasklist_lock; reading the list of children takes the lock, and so waits for the signal.
        children_of(server.pid)
    finally:
        os.kill(server.pid, signal.SIGCONT)


@contextlib.contextmanager
def listening(**options: Any) -> Iterator[socket.socket]:
    """Be a server for a client under test."""
    with socket.create_server(("127.0.0.1", 0), **options) as listener:
        listener.settimeout(PATIENCE)
        yield listener


def accepted(listener: socket.socket) -> socket.socket:
    connection, _ = listener.accept()
    connection.settimeout(PATIENCE)
    return connection
