"""The sandbox: what a target that is not trusted can see, do and leave behind."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import tempfile
from typing import TYPE_CHECKING

import pytest

from target import confinement, confining, processes
from target.command import Command
from target.confinement import MIB, Confinement
from target.errors import NamespaceError, TargetError
from target.handle import Handle
from target.keeping import Kept
from tests.target.programs import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[..., Kept]

BOUNDS = Confinement()
COMMAND = Command(("sh",))


def why_not() -> str:
    try:
        Kept(("true",), dict(os.environ), "/", confined=BOUNDS).stop()
    except NamespaceError as error:
        return str(error)
    return ""


WHY_NOT = why_not()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


@pytest.fixture
def start() -> Iterator[Start]:
    """Start shell scripts in a sandbox."""
    with contextlib.ExitStack() as stack:

        def starter(script: str, *words: str, bounds: Confinement = BOUNDS) -> Kept:
            argv = ("sh", "-c", script, "sh", *words)
            kept = Kept(argv, dict(os.environ), "/", confined=bounds)
            stack.callback(kept.stop)
            return kept

        yield starter


def said(kept: Kept) -> str:
    """Return what it has written when it has ended."""
    assert kept.wait_until_ended(kept.pid, 10.0) is not None
    return kept.output()


def test_it_has_an_id_that_is_not_root_and_no_other_group(start: Start) -> None:
    expected = BOUNDS.user if os.geteuid() == 0 else os.geteuid()
    assert said(start("id -u")) == f"{expected}\n"
    if os.geteuid() == 0:
        assert said(start("id -G")) == f"{BOUNDS.group}\n"


def test_it_can_gain_no_capability(start: Start) -> None:
    held = said(start("grep -E 'CapPrm|CapEff|NoNewPrivs' /proc/self/status")).split()
    assert held == ["CapPrm:", "0" * 16, "CapEff:", "0" * 16, "NoNewPrivs:", "1"]


def test_it_can_signal_no_process_but_its_own(start: Start) -> None:
    kept = start("kill -9 -1; kill -9 $1; kill -9 $2; kill -9 1; echo goes on", *them())
    assert said(kept).endswith("goes on\n")


def them() -> tuple[str, str]:
    return str(os.getpid()), str(os.getppid())


def test_of_the_file_system_it_can_change_nothing(start: Start) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as open_to_all:
        os.chmod(open_to_all, 0o777)
        script = 'for place in / /etc /dev "$1"; do touch "$place/hostile" && echo done; done'
        assert "done" not in said(start(script, open_to_all)).splitlines()
        assert os.listdir(open_to_all) == []


def test_it_has_a_folder_of_its_own_which_is_bounded(start: Start) -> None:
    bounds = Confinement(file_size=MIB)
    script = "head -c 3000000 /dev/zero > /dev/shm/hostile; wc -c < /dev/shm/hostile"
    assert said(start(script, bounds=bounds)).splitlines()[-1] == str(MIB)
    assert not os.path.exists("/dev/shm/hostile")


def test_of_processes_it_can_have_as_many_as_it_may(start: Start) -> None:
    kept = start("grep 'Max processes' /proc/self/limits", bounds=Confinement(processes=77))
    assert said(kept).split()[2:4] == ["77", "77"]


def test_orphans_are_reaped_by_the_first_process_of_the_namespace(start: Start) -> None:
    kept = start("(sleep 0.01 &) ; (exec sleep 1000 &) ; exec sleep 1000")
    first = kept.ours[1]
    held = Handle(COMMAND, kept, "127.0.0.1", 9)
    wait_until(lambda: [process.name for process in held.tree()] == ["sleep", "sleep"])
    wait_until(lambda: [process.state for process in processes.below(first)] == ["S"])
    assert {process.parent for process in held.tree()} == {kept.keeper_pid, first}
    assert processes.below(first)[0].name == "sleep"


def test_all_that_it_has_started_ends_with_it(start: Start) -> None:
    kept = start("(setsid sleep 1000 &) ; (setsid sleep 1000 &) ; exec sleep 1000")
    held = Handle(COMMAND, kept, "127.0.0.1", 9)
    wait_until(lambda: len(held.tree()) == 3)
    all_of_it = [process.identity for process in processes.below(kept.keeper_pid)]
    kept.stop()
    assert [one for one in all_of_it if processes.identify(one.pid) == one] == []


def test_all_of_it_ends_when_the_keeper_is_killed(start: Start) -> None:
    kept = start("(setsid sleep 1000 &) ; exec sleep 1000")
    held = Handle(COMMAND, kept, "127.0.0.1", 9)
    wait_until(lambda: len(held.tree()) == 2)
    all_of_it = [process.identity for process in processes.below(kept.keeper_pid)]
    os.kill(kept.keeper_pid, signal.SIGKILL)
    wait_until(lambda: not any(processes.identify(one.pid) == one for one in all_of_it))


def test_more_memory_than_it_may_have_in_use_ends_it(start: Start) -> None:
    script = "awk 'BEGIN { text = 1; while (1) text = text text }'; exec sleep 1000"
    kept = start(script, bounds=Confinement(memory=32 * MIB))
    assert kept.wait_until_ended(kept.pid, 10.0) == signal.SIGKILL
    assert kept.output().endswith("ended, because more than 32 MiB of memory were in use\n")


MEMFD = """
import os, time
descriptor = os.memfd_create("unmapped")
for _ in range(64):
    os.write(descriptor, bytes(1 << 20))
time.sleep(1000)
"""

PRIVATE_COPIES = """
import mmap, os, time
file, size = os.memfd_create("mapped"), 4 << 20
os.ftruncate(file, size)
copies = [mmap.mmap(file, size, flags=mmap.MAP_PRIVATE) for _ in range(16)]
for one in copies:
    for page in range(0, size, 4096):
        one[page] = 1
time.sleep(1000)
"""

FIRST_THREAD_GONE = """
import ctypes, threading, time
first_has_ended = threading.main_thread().native_id
def take():
    while "Z (" not in open(f"/proc/self/task/{first_has_ended}/status").read():
        pass
    taken = bytes(range(256)) * (64 << 12)
    time.sleep(1000)
threading.Thread(target=take).start()
ctypes.CDLL(None).pthread_exit(None)
"""

DESCRIPTORS_OF_A_THREAD = """
import ctypes, os, threading, time
def take():
    CLONE_FILES = 0x400
    ctypes.CDLL(None).unshare(CLONE_FILES)
    descriptor = os.memfd_create("unmapped")
    for _ in range(64):
        os.write(descriptor, bytes(1 << 20))
    time.sleep(1000)
threading.Thread(target=take).start()
"""


SEGMENT = """
import ctypes, time
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
size, private, created = 64 << 20, 0, 0o1600
place = libc.shmat(libc.shmget(private, ctypes.c_size_t(size), created), None, 0)
ctypes.memset(place, 1, size)
libc.shmdt(ctypes.c_void_p(place))
time.sleep(1000)
"""


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(MEMFD, id="a file in memory that no process maps"),
        pytest.param(PRIVATE_COPIES, id="copies of the pages of such a file"),
        pytest.param(FIRST_THREAD_GONE, id="a process whose first thread has ended"),
        pytest.param(DESCRIPTORS_OF_A_THREAD, id="a thread with descriptors of its own"),
        pytest.param(SEGMENT, id="a shared memory segment that no process maps"),
    ],
)
def test_all_kinds_of_memory_count(start: Start, program: str) -> None:
    kept = start('exec /usr/bin/python3 -c "$1"', program, bounds=Confinement(memory=32 * MIB))
    assert kept.wait_until_ended(kept.pid, 10.0) == signal.SIGKILL
    assert kept.output().endswith("ended, because more than 32 MiB of memory were in use\n")


MAPPED = """
import ctypes, mmap, os, time
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
size, private, created = 48 << 20, 0, 0o1600
place = libc.shmat(libc.shmget(private, ctypes.c_size_t(size), created), None, 0)
ctypes.memset(place, 1, size)
file = os.memfd_create("mapped")
os.ftruncate(file, size)
mapped = mmap.mmap(file, size)
for page in range(0, size, 4096):
    mapped[page] = 1
time.sleep(0.3)
print("goes on")
"""


def test_memory_that_is_mapped_counts_once(start: Start) -> None:
    bounds = Confinement(memory=128 * MIB)
    assert said(start('exec /usr/bin/python3 -c "$1"', MAPPED, bounds=bounds)) == "goes on\n"


def test_it_makes_no_namespace_in_which_it_could_mount(start: Start) -> None:
    assert said(start("unshare --user --map-root-user --mount true || echo no")).endswith("no\n")


def test_the_sockets_of_the_machine_s_services_are_not_there(start: Start) -> None:
    assert os.listdir("/run")
    assert said(start("ls -A /run")) == ""


def test_a_directory_for_each_start_is_its_own(start: Start) -> None:
    kept = start('touch "$1/file" && echo "$1"', "{dir}")
    place = said(kept).strip()
    assert place.startswith("/dev/shm/")
    assert os.listdir(place) == []
    kept.stop()
    assert not os.path.exists(place)


def test_an_id_of_root_is_refused() -> None:
    with pytest.raises(TargetError, match="has an id of root, whom no limit of processes binds"):
        confinement.ids_of("0")
    with pytest.raises(TargetError, match="has an id of root"):
        confinement.ids_of("root")
    with pytest.raises(TargetError, match="there is no user 'nobody at all'"):
        confinement.ids_of("nobody at all")
    assert confinement.ids_of("54321") == (54321, 54321)


@pytest.mark.parametrize("user", ["4294967295", "4294967296", "9" * 5000, "-1", ""])
def test_what_no_user_can_have_is_refused(user: str) -> None:
    # setresuid() takes 4294967295 for "leave it as it is": the submission would be root's.
    with pytest.raises(TargetError, match="there is no user"):
        confinement.ids_of(user)
    assert confinement.ids_of("4294967294") == (4294967294, 4294967294)


class NoNamespaces:
    """Stands for namespaces: a process may have some already."""

    REFUSED = "refused: "

    def __init__(self, error: OSError | None = None) -> None:
        self._error = error

    def enter(self, flags: int) -> None:
        """Make none, or say why none can be made."""
        del flags
        if self._error is not None:
            raise self._error


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Record the pids that are sent a signal, and send none."""
    pids: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _: pids.append(pid))
    return pids


def test_a_sandbox_that_was_ended_and_reaped_is_not_ended_by_its_pid_again(
    killed: list[int],
) -> None:
    sandbox = confining.Sandbox({}, NoNamespaces(), None)
    assert sandbox.make() == ""
    sandbox.end()
    assert os.waitpid(sandbox.init, 0)[1] == signal.SIGKILL
    sandbox.end()
    assert killed == []


def test_a_sandbox_that_could_not_be_made_has_nothing_to_end(killed: list[int]) -> None:
    error = OSError(errno.EPERM, os.strerror(errno.EPERM))
    sandbox = confining.Sandbox({}, NoNamespaces(error), None)
    assert sandbox.make() == "refused: Operation not permitted (PID namespace)"
    sandbox.end()
    assert killed == []
