"""The keeper holds a target, reaps what it leaves behind, and outlives the tester."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from target import descendants, kept_output, ports, process_status, processes
from target.errors import TargetError
from target.keeping import Kept
from tests.starting import interruptible
from tests.target.programs import PATIENCE, ROOT, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from target.processes import Identity

    Start = Callable[..., Kept]

PYTHON = (sys.executable, "-I", "-S", "-c")

# A target of five processes: itself; a child; a daemon, which has left the session and lost its
# parent; a stopped one; and a zombie.
FAMILY = """
import os, signal, socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
if os.fork() == 0:
    signal.pause()
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        signal.pause()
os.wait()
if os.fork() == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
if os.fork() == 0:
    os._exit(0)
signal.pause()
"""

# A tester: it starts the command that its arguments are, says who is who, and waits.
TESTER = """
import json, os, signal, sys
from target.keeping import Kept
kept = Kept(sys.argv[2:], dict(os.environ), "/")
print(json.dumps([kept.pid, kept.keeper_pid]), flush=True)
exec(sys.argv[1])
"""


@pytest.fixture
def start() -> Iterator[Start]:
    """Start commands under a keeper."""
    with contextlib.ExitStack() as stack:

        def starter(
            *argv: str, environment: Mapping[str, str] = os.environ, folder: str = "/"
        ) -> Kept:
            kept = Kept(argv, environment, folder)
            stack.callback(kept.stop)
            return kept

        yield starter


@pytest.fixture
def port() -> Iterator[int]:
    reservation = ports.reserve("127.0.0.1")
    yield reservation.port
    reservation.release()


@contextlib.contextmanager
def a_tester(then: str, *argv: str) -> Iterator[tuple[subprocess.Popen[bytes], int, int]]:
    """Run a tester that does `then`; give the process, the target's pid and the keeper's."""
    with (
        interruptible(),
        subprocess.Popen(
            [sys.executable, "-c", TESTER, then, *argv],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            pid, keeper_pid = json.loads(process.stdout.readline())
            yield process, pid, keeper_pid
        finally:
            process.kill()


def status_of(kept: Kept, pid: int) -> int:
    """Wait until the keeper has reported the end of a process; return its wait(2) status."""

    def ended() -> bool:
        kept.poll()
        return pid in kept.ended

    wait_until(ended)
    return kept.ended[pid]


def family_of(keeper_pid: int) -> list[processes.Process]:
    """Wait until all five processes of FAMILY are as they will stay, and return them."""

    def complete() -> bool:
        states = sorted(each.state for each in processes.below(keeper_pid))
        parents = [each.parent for each in processes.below(keeper_pid)]
        return states == ["S", "S", "S", "T", "Z"] and parents.count(keeper_pid) == 2

    wait_until(complete)
    return list(processes.below(keeper_pid))


def is_gone(identity: Identity) -> bool:
    found = processes.look_at(identity.pid)
    return found is None or found.identity != identity or found.is_zombie


def none_is_left(identities: list[Identity]) -> None:
    """Wait until all of these have ended; whatever happens, end them."""
    try:
        wait_until(lambda: all(map(is_gone, identities)))
    finally:
        for identity in identities:
            processes.send_signal(identity, signal.SIGKILL)


def identities_of(*pids: int) -> list[Identity]:
    found = [processes.identify(pid) for pid in pids]
    return [identity for identity in found if identity is not None]


# The end of the tester.


def test_nothing_is_left_when_the_tester_is_killed(port: int) -> None:
    with a_tester("signal.pause()", *PYTHON, FAMILY, str(port)) as (process, pid, keeper_pid):
        family = [each.identity for each in family_of(keeper_pid)]
        nursery = processes.look_at(keeper_pid)
        assert nursery is not None
        assert nursery.parent != process.pid
        everything = family + identities_of(keeper_pid, nursery.parent)
        assert len(everything) == 7
        assert pid in {each.pid for each in family}
        process.kill()
        none_is_left(everything)
        assert ports.is_free("127.0.0.1", port)


@pytest.mark.parametrize(
    "then",
    [
        "sys.exit(0)",
        "raise SystemError('a crash')",
        "os.kill(os.getpid(), signal.SIGTERM)",
        "os._exit(1)",
        "os.execlp('true', 'true')",
        "kept.stop()",
    ],
)
def test_nothing_is_left_however_the_tester_ends(then: str) -> None:
    quietly = "sys.stderr.close(); os.read(0, 1); "
    with a_tester(quietly + then, "sleep", "1000") as (process, pid, keeper_pid):
        assert process.stdin is not None
        nursery = processes.look_at(keeper_pid)
        assert nursery is not None
        everything = identities_of(pid, keeper_pid, nursery.parent)
        assert len(everything) == 3
        process.stdin.close()
        none_is_left(everything)


def test_nothing_of_its_target_is_left_when_a_keeper_is_killed(port: int) -> None:
    with a_tester("signal.pause()", *PYTHON, FAMILY, str(port)) as (_, _, keeper_pid):
        family = [each.identity for each in family_of(keeper_pid)]
        (of_keeper,) = identities_of(keeper_pid)
        assert len(family) == 5
        processes.send_signal(of_keeper, signal.SIGKILL)
        none_is_left([*family, of_keeper])


def test_another_target_goes_on_when_a_keeper_is_killed(start: Start) -> None:
    doomed, other = start("sleep", "1000"), start("sleep", "1000")
    ended, goes_on = identities_of(doomed.pid, other.pid)
    os.kill(doomed.keeper_pid, signal.SIGKILL)
    none_is_left([ended])
    assert processes.identify(other.pid) == goes_on
    other.poll()
    assert other.ended == {}


def test_every_target_of_a_killed_tester_is_ended() -> None:
    then = (
        "more = [Kept(sys.argv[2:], dict(os.environ), '/') for _ in range(5)]\n"
        "print(*(each.pid for each in more), flush=True)\n"
        "signal.pause()"
    )
    with a_tester(then, "sleep", "1000") as (process, pid, _):
        assert process.stdout is not None
        others = map(int, process.stdout.readline().split())
        everything = identities_of(pid, *others)
        assert len(everything) == 6
        process.kill()
        none_is_left(everything)


def test_a_fork_of_the_tester_has_a_nursery_of_its_own() -> None:
    then = (
        "if os.fork() == 0:\n"
        "    mine = Kept(sys.argv[2:], dict(os.environ), '/')\n"
        "    print(mine.pid, mine.keeper_pid, flush=True)\n"
        "    os.read(0, 1)\n"
        "    mine.stop()\n"
        "    os._exit(0)\n"
        "signal.pause()"
    )
    with a_tester(then, "sleep", "1000") as (process, pid, keeper_pid):
        assert process.stdin is not None
        assert process.stdout is not None
        its_pid, its_keeper = map(int, process.stdout.readline().split())
        ours, its = processes.look_at(keeper_pid), processes.look_at(its_keeper)
        assert ours is not None
        assert its is not None
        assert its.parent != ours.parent
        theirs = identities_of(its_pid, its_keeper, its.parent)
        process.stdin.close()
        none_is_left(theirs)
        assert len(identities_of(pid, keeper_pid, ours.parent)) == 3


def test_a_tester_without_targets_needs_no_nursery() -> None:
    script = "from target import handle, keeping; import psutil; print(psutil.Process().children())"
    with interruptible():
        answer = subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, timeout=PATIENCE)
    assert answer == b"[]\n"


# Stopping.


def test_stopping_ends_the_whole_family_and_frees_the_port(start: Start, port: int) -> None:
    kept = start(*PYTHON, FAMILY, str(port))
    everything = [each.identity for each in family_of(kept.keeper_pid)]
    kept.stop()
    assert identities_of(*(each.pid for each in everything)) == []
    assert ports.is_free("127.0.0.1", port)


def test_stopping_twice_is_harmless(start: Start) -> None:
    kept = start("sleep", "1000")
    kept.stop()
    kept.stop()
    kept.poll()
    assert kept.output() == ""
    assert kept.ended.keys() <= {kept.pid}


def test_stopping_a_target_that_has_ended_is_harmless(start: Start) -> None:
    kept = start("true")
    assert status_of(kept, kept.pid) == 0
    kept.stop()


def test_stopping_one_target_leaves_the_others(start: Start) -> None:
    first, second = start("sleep", "1000"), start("sleep", "1000")
    first.stop()
    assert identities_of(first.pid) == []
    assert len(identities_of(second.pid, second.keeper_pid)) == 2
    second.poll()
    assert second.ended == {}


def test_a_target_that_forks_all_the_time_is_stopped(start: Start) -> None:
    # Each process forks the next and ends: a look for it finds the one before.
    kept = start(*PYTHON, "import os\nfor _ in range(20000):\n    if os.fork(): os._exit(0)")
    status_of(kept, kept.pid)
    kept.stop()
    wait_until(lambda: identities_of(kept.keeper_pid) == [])


def test_sigterm_to_the_keeper_ends_the_target(start: Start, port: int) -> None:
    kept = start(*PYTHON, FAMILY, str(port))
    everything = [each.identity for each in family_of(kept.keeper_pid)]
    os.kill(kept.keeper_pid, signal.SIGTERM)
    none_is_left([*everything, *identities_of(kept.keeper_pid)])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGPIPE])
def test_what_a_terminal_sends_does_not_end_the_keeper(start: Start, number: int) -> None:
    kept = start("sleep", "1000")
    os.kill(kept.keeper_pid, number)
    assert kept.output() == ""
    assert len(identities_of(kept.pid, kept.keeper_pid)) == 2


def test_a_target_dies_with_its_keeper(start: Start) -> None:
    kept = start("sleep", "1000")
    everything = identities_of(kept.pid, kept.keeper_pid)
    os.kill(kept.keeper_pid, signal.SIGKILL)
    none_is_left(everything)
    assert kept.output() == ""
    kept.stop()


# Reaping.


@pytest.mark.parametrize(
    ("script", "status"),
    [("exit 0", 0), ("exit 7", 7 << 8), ("kill -KILL $$", 9), ("kill -TERM $$", 15)],
)
def test_the_status_of_the_target_is_reported(start: Start, script: str, status: int) -> None:
    kept = start("sh", "-c", script)
    found = status_of(kept, kept.pid)
    assert found & ~0x80 == status  # without the bit that says whether core was dumped


def test_an_orphan_is_reaped_and_its_status_reported(start: Start) -> None:
    kept = start(
        *PYTHON,
        "import os, signal\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        print(os.getpid(), flush=True)\n"
        "        signal.sigwait({signal.SIGUSR1})\n"
        "        os._exit(7)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "signal.pause()",
    )
    wait_until(lambda: kept.output().endswith("\n"))
    orphan = int(kept.output())
    wait_until(lambda: (found := processes.look_at(orphan)) and found.parent == kept.keeper_pid)
    assert orphan not in kept.ended
    os.kill(orphan, signal.SIGTERM)
    assert status_of(kept, orphan) == signal.SIGTERM
    assert processes.look_at(orphan) is None
    assert len(identities_of(kept.pid)) == 1


def test_many_orphans_that_end_at_once_are_all_reaped(start: Start) -> None:
    kept = start(
        *PYTHON,
        "import os, signal\n"
        "r, w = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    for _ in range(50):\n"
        "        if os.fork() == 0:\n"
        "            os.close(w)\n"
        "            os.read(r, 1)\n"
        "            os._exit(3)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "os.close(w)\n"
        "signal.pause()",
    )

    def reported() -> list[int]:
        kept.poll()
        return [status for pid, status in kept.ended.items() if pid != kept.pid]

    wait_until(lambda: len(reported()) == 50)
    assert set(reported()) == {3 << 8}
    assert [each.identity.pid for each in processes.below(kept.keeper_pid)] == [kept.pid]


def test_a_zombie_that_the_target_owes_a_wait_is_left_to_it(start: Start) -> None:
    kept = start(*PYTHON, "import os, signal; os.fork() or os._exit(0); signal.pause()")
    wait_until(lambda: [each.state for each in processes.below(kept.pid)] == ["Z"])
    kept.poll()
    assert kept.ended == {}


# What cannot be started.


def test_a_command_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(TargetError, match=r"^cannot start './no such': No such file or directory$"):
        Kept(["./no such"], os.environ, "/")


def test_a_command_that_is_not_in_the_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"^cannot start 'sleep': No such file or directory$"):
        Kept(["sleep", "1"], {"PATH": str(tmp_path)}, "/")


def test_a_file_that_is_not_executable_is_refused(tmp_path: Path) -> None:
    (tmp_path / "server").write_text("#!/bin/sh\n")
    with pytest.raises(TargetError, match=r"^cannot start './server': Permission denied$"):
        Kept(["./server"], os.environ, str(tmp_path))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"^cannot start .*: Permission denied$"):
        Kept([str(tmp_path)], os.environ, "/")


def test_a_file_that_is_no_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "server").write_bytes(b"\x00\x01\x02 no program")
    (tmp_path / "server").chmod(0o755)
    with pytest.raises(TargetError, match=r"^cannot start .*: Exec format error$"):
        Kept([str(tmp_path / "server")], os.environ, "/")


def test_a_refused_command_leaves_no_process() -> None:
    kept = Kept(["sleep", "1000"], os.environ, "/")
    try:
        nursery = processes.look_at(kept.keeper_pid)
        assert nursery is not None
        before = set(descendants.children_of(nursery.parent))
        with pytest.raises(TargetError):
            Kept(["./no such"], os.environ, "/")
        wait_until(lambda: set(descendants.children_of(nursery.parent)) <= before)
    finally:
        kept.stop()


# The surroundings of a target.


def test_no_signal_is_ignored_caught_or_blocked_in_the_target(start: Start) -> None:
    ours = process_status.signals_of(os.getpid())
    assert ours is not None
    assert signal.SIGPIPE in ours.ignored
    kept = start("sleep", "1000")
    theirs = process_status.signals_of(kept.pid)
    assert theirs == process_status.Signals(frozenset(), frozenset(), frozenset(), frozenset())


def test_a_target_dies_of_sigpipe_like_any_program(start: Start) -> None:
    kept = start("sh", "-c", "kill -PIPE $$; echo it is ignored")
    assert status_of(kept, kept.pid) == signal.SIGPIPE
    assert kept.output() == ""


def test_standard_input_is_empty(start: Start) -> None:
    kept = start("cat")
    assert status_of(kept, kept.pid) == 0
    assert kept.output() == ""


def test_the_environment_is_passed_on_and_nothing_else(start: Start) -> None:
    wanted = {"PATH": os.environ["PATH"], "GREETING": "Grüße\nund 'mehr'", "EMPTY": ""}
    kept = start("env", "-0", environment=wanted)
    assert status_of(kept, kept.pid) == 0
    assert sorted(kept.output().split("\0")) == sorted(
        ["", *(f"{name}={value}" for name, value in wanted.items())]
    )


def test_a_target_runs_in_the_folder_it_is_given(start: Start, tmp_path: Path) -> None:
    kept = start("pwd", "-P", folder=str(tmp_path))
    assert status_of(kept, kept.pid) == 0
    assert kept.output() == f"{tmp_path.resolve()}\n"


def test_a_relative_command_is_found_in_the_folder_it_is_given(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "server").write_text("#!/bin/sh\necho here\n")
    (tmp_path / "server").chmod(0o755)
    kept = start("./server", folder=str(tmp_path))
    assert status_of(kept, kept.pid) == 0
    assert kept.output() == "here\n"


@pytest.mark.parametrize("words", [["a b", "", "'", '"', "$HOME", "*", "\\", "ü", "\udcff"]])
def test_the_words_of_a_command_arrive_unchanged(start: Start, words: list[str]) -> None:
    kept = start(*PYTHON, "import sys; print(ascii(sys.argv[1:]))", *words)
    assert status_of(kept, kept.pid) == 0
    assert kept.output() == ascii(words) + "\n"


def test_a_target_leads_a_session_and_a_group_of_its_own(start: Start) -> None:
    kept = start("sleep", "1000")
    assert os.getsid(kept.pid) == kept.pid
    assert os.getpgid(kept.pid) == kept.pid
    assert kept.pid != kept.keeper_pid


# Its output.


def test_output_and_errors_are_kept_in_their_order(start: Start) -> None:
    kept = start("sh", "-c", "echo one; echo two >&2; echo three")
    assert status_of(kept, kept.pid) == 0
    assert kept.output() == "one\ntwo\nthree\n"


def test_the_last_lines_of_a_long_output_are_kept(start: Start) -> None:
    kept = start("seq", "1000000")
    assert status_of(kept, kept.pid) == 0
    output = kept.output()
    assert output.endswith("\n999998\n999999\n1000000\n")
    assert 1000 < len(output) <= kept_output.KEPT


def test_a_target_that_writes_megabytes_is_never_blocked(start: Start) -> None:
    kept = start("head", "-c", "16000000", "/dev/zero")
    # The output is not asked for, and yet the program comes to its end.
    assert status_of(kept, kept.pid) == 0


def test_a_target_that_never_stops_writing_can_be_asked_and_stopped(start: Start) -> None:
    kept = start("yes")
    wait_until(lambda: kept.output().endswith("y\n"))
    kept.stop()
    assert identities_of(kept.pid) == []


def test_bytes_that_are_no_text_are_shown_as_such(start: Start) -> None:
    kept = start("printf", r"a\377\000b")
    assert status_of(kept, kept.pid) == 0
    assert kept.output() == "a\ufffd\0b"


def test_a_target_that_closes_its_output_is_still_held(start: Start) -> None:
    kept = start("sh", "-c", "echo last words; exec >&- 2>&-; exec sleep 1000")
    wait_until(lambda: "last words" in kept.output())
    wait_until(lambda: set(processes.descriptors_of(kept.pid)) & {1, 2} == set())
    assert kept.output() == "last words\n"
    assert len(identities_of(kept.pid)) == 1


def test_output_of_a_background_process_is_kept_too(start: Start) -> None:
    kept = start("sh", "-c", "(while kill -0 $$ 2>/dev/null; do :; done; echo late) & exit 0")
    assert status_of(kept, kept.pid) == 0
    wait_until(lambda: kept.output() == "late\n")


KEEPS_FILES = """
import os, signal, sys
os.makedirs(sys.argv[1] + "/deep/er")
open(sys.argv[1] + "/deep/file", "w").close()
os.symlink("/", sys.argv[1] + "/link")
print(sys.argv[1], flush=True)
signal.pause()
"""


def test_each_start_has_a_directory_of_its_own_which_goes_with_it(start: Start) -> None:
    both = [start(*PYTHON, KEEPS_FILES, "{dir}") for _ in range(2)]
    wait_until(lambda: all(one.output() for one in both))
    folders = [one.output().strip() for one in both]
    assert len(set(folders)) == 2
    assert all(os.path.isdir(folder) for folder in folders)
    for one in both:
        one.stop()
    assert not any(os.path.exists(folder) for folder in folders)
