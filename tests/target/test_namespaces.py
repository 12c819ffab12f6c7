"""What a target can have to itself: an /etc/hosts, and a network with one ephemeral port."""

import contextlib
import multiprocessing
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from target import chamber, namespaces
from target.errors import NamespaceError
from target.inherited import Inherited
from target.keeping import Kept
from tests.chambers import become, each_user
from tests.target.programs import PATIENCE

pytestmark = pytest.mark.skipif(bool(chamber.why_not()), reason=chamber.why_not())

NAME = "echo.test"
TWO = (("127.0.0.2", NAME), ("127.0.0.1", NAME))
PORT = 20007


def inside(wanted: Inherited, work: Callable[[], Any], user: int | None = None) -> Any:
    """Return what this returns in a process that was given this; or why that cannot be."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()

    def given() -> None:
        if user is not None:
            become(user)
            chamber.enter()
        theirs.send(namespaces.give(wanted.as_data()) or work())

    process = fork.Process(target=given)
    process.start()
    theirs.close()
    try:
        return ours.recv()
    finally:
        process.join()


def addresses(family: int = socket.AF_UNSPEC) -> set[Any]:
    found = socket.getaddrinfo(NAME.encode(), 7, family, socket.SOCK_STREAM)
    return {one[4][0] for one in found}


def connection_to_ourselves() -> tuple[Any, Any, bytes]:
    with socket.socket() as connected:
        connected.connect(("127.0.0.1", PORT))
        connected.sendall(b"hello")
        return connected.getsockname(), connected.getpeername(), connected.recv(5)


@each_user
@pytest.mark.parametrize("family", [socket.AF_UNSPEC, socket.AF_INET])
def test_a_name_has_the_addresses_that_it_was_given(family: int, user: int | None) -> None:
    found = inside(Inherited(hosts=TWO), lambda: addresses(family), user)
    assert found == {"127.0.0.1", "127.0.0.2"}


def test_the_other_lines_of_the_hosts_file_are_still_there() -> None:
    usual = Path("/etc/hosts").read_text()
    found = inside(Inherited(hosts=TWO), Path("/etc/hosts").read_text)
    assert found.endswith(usual)


def test_our_own_hosts_file_is_left_alone() -> None:
    inside(Inherited(hosts=TWO), addresses)
    with pytest.raises(socket.gaierror):
        addresses()


@each_user
def test_the_only_ephemeral_port_connects_to_itself(user: int | None) -> None:
    def refused_and_then_connected() -> Any:
        with contextlib.suppress(ConnectionRefusedError):
            return connection_to_ourselves()
        namespaces.use_port(PORT)
        return connection_to_ourselves()

    here = ("127.0.0.1", PORT)
    found = inside(Inherited(alone_with_port=PORT), refused_and_then_connected, user)
    assert found == (here, here, b"hello")


@each_user
def test_the_target_has_no_capabilities_by_it(user: int | None) -> None:
    if user is None:
        pytest.skip("root keeps its own")
    for wanted in (Inherited(hosts=TWO), Inherited(alone_with_port=PORT)):
        assert inside(wanted, capabilities_of_a_command, user) == 0


def capabilities_of_a_command() -> int:
    status = subprocess.check_output(["cat", "/proc/self/status"])
    return int(status.partition(b"CapEff:")[2].split()[0], 16)


def test_a_name_that_is_not_found_with_all_its_addresses_is_refused() -> None:
    twice = (("127.0.0.1", NAME), ("127.0.0.1", NAME))
    answer = inside(Inherited(hosts=twice), addresses)
    assert answer == "no namespace: 1 of 2 addresses of a name in /etc/hosts are found"


def test_where_there_is_no_hosts_file_the_reason_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namespaces, "HOSTS", "/etc/no-such-file")
    answer = inside(Inherited(hosts=TWO), addresses)
    assert answer == "no namespace: No such file or directory: /etc/no-such-file"


def test_a_command_is_started_with_it() -> None:
    look = f"import socket; print(*socket.gethostbyname_ex({NAME!r})[2])"
    kept = Kept([sys.executable, "-c", look], os.environ, "/", inherited=Inherited(hosts=TWO))
    try:
        assert kept.wait_until_ended(kept.pid, PATIENCE) == 0
        assert sorted(kept.output().split()) == ["127.0.0.1", "127.0.0.2"]
    finally:
        kept.stop()


def test_a_command_that_cannot_have_it_is_not_started() -> None:
    with pytest.raises(NamespaceError, match="1 of 2 addresses"):
        Kept(["true"], os.environ, "/", inherited=Inherited(hosts=(TWO[0], TWO[0])))
