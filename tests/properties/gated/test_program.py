"""Programs behind the gate: what is hit, in which process, and what is known of it afterwards."""

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from faults.gate.kernel import Call
from properties.gated.program import gated
from properties.gated.report import lines
from properties.gated.rules import ALWAYS, fail, hold, shorten
from properties.gated.selection import GateHit, Selection
from properties.running.errors import UsageError
from target import processes
from target.descendants import children_of
from target.errors import TargetError
from target.processes import Identity
from tests.properties.gated.programs import ECHO, behind, echoed, running, script, wait_until

FORKS = """\
import os
def child(count):
    for _ in range(count):
        try:
            os.pipe()
            os.write(1, b"+")
        except OSError as error:
            os.write(1, b"-")
for count in (2, 3):
    if os.fork() == 0:
        child(count)
        os._exit(0)
    os.wait()
"""
"""Two children, one after the other, that make two and three pipes: + for one that was made."""


def test_the_second_client_is_lost_and_the_server_that_gives_up_is_reported() -> None:
    with behind(ECHO, fail("accept", "ECONNABORTED", nth=2)) as server:
        port = int(server.line())
        assert echoed(port) == b"hello"
        with pytest.raises(OSError, match=r"Errno"):
            echoed(port)
        assert server.program.wait(30).status == 1
        (hit,) = server.program.hits
        assert server.program.happened
        assert hit.what == f"accept4 on 127.0.0.1:{port} (descriptor 3)"
        assert hit.caller.identity.pid == server.program.pid
        assert hit.ending is not None
        assert hit.ending.status == 1


def test_what_is_cut_short_is_neither_lost_nor_repeated() -> None:
    with behind(ECHO, shorten("read", 1, times=ALWAYS)) as server:
        assert echoed(int(server.line()), b"one by one") == b"one by one"
        assert len(server.program.hits) == 10
        assert "recvfrom of at most 100 bytes from 127.0.0.1" in server.program.hits[0].what


def test_calls_are_counted_over_all_processes() -> None:
    with behind(FORKS, fail("pipe", "EMFILE", nth=4)) as program:
        assert program.rest() == "+++-+"
        assert [hit.caller.identity.pid for hit in program.program.hits] != [program.program.pid]


def test_or_in_each_process() -> None:
    with behind(FORKS, fail("pipe", "EMFILE", nth=2, per_process=True)) as program:
        assert program.rest() == "+-+-+"
        first, second = program.program.hits
        assert first.caller != second.caller


def test_so_many_times_from_that_one_on() -> None:
    with behind(FORKS, fail("pipe", "EMFILE", nth=2, times=3)) as program:
        assert program.rest() == "+---+"
    with behind(FORKS, fail("pipe", "EMFILE", nth=2, times=ALWAYS)) as program:
        assert program.rest() == "+----"


def test_processes_and_threads_are_told_apart() -> None:
    source = (
        "import os, _thread\n"
        "_thread.start_new_thread(lambda: None, ())\n"
        "try:\n    os.fork()\nexcept OSError as error:\n    print(error.errno)\n"
    )
    with behind(source, fail("fork", "EAGAIN")) as program:
        assert program.rest() == "11\n"
    source = (
        "import os, _thread\n"
        "os.fork() or os._exit(0)\n"
        "try:\n    _thread.start_new_thread(print, ())\nexcept RuntimeError:\n    print('none')\n"
    )
    with behind(source, fail("thread", "EAGAIN")) as program:
        assert program.rest() == "none\n"


def test_threads_are_behind_the_gate_as_well() -> None:
    source = (
        "import os, threading\n"
        "def work():\n"
        "    try:\n        os.pipe()\n    except OSError as error:\n        print(error.errno)\n"
        "thread = threading.Thread(target=work)\n"
        "thread.start()\nthread.join()\n"
    )
    with behind(source, fail("pipe", "EMFILE")) as program:
        assert program.rest() == "24\n"
        assert program.program.hits[0].caller.identity.pid == program.program.pid


def test_only_a_program_of_this_name_is_hit_also_after_exec(tmp_path: Path) -> None:
    source = (
        "import os\ntry:\n    os.pipe()\n    print('made')\nexcept OSError:\n    print('not')\n"
    )
    command = script(tmp_path, "mine-1a2b", source)
    line = f"{sys.executable} -S -c 'import os; os.pipe()'; exec {' '.join(command)}"
    with running(["sh", "-c", line], fail("pipe", "EMFILE", program="mine-*")) as program:
        assert program.rest() == "not\n"
        (selection,) = program.program.selections
        assert [caller.name for caller in selection.seen] == ["mine-1a2b"]
        assert selection.others


def test_only_a_socket_with_this_port_is_hit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("", 0)) as other:
        ports = (one.getsockname()[1], other.getsockname()[1])
        source = (
            "import socket, sys\n"
            "for port in map(int, sys.argv[1:]):\n"
            "    print(socket.socket().connect_ex(('127.0.0.1', port)))\n"
        )
        rule = fail("connect", "ECONNREFUSED", port=ports[1])
        with behind(source, rule, words=(*map(str, ports),)) as program:
            assert program.rest() == "0\n111\n"
            assert program.program.hits[0].what == f"connect to 127.0.0.1:{ports[1]}"


def test_a_connection_that_was_reset_by_a_rule_is_at_its_end_then() -> None:
    source = (
        "import socket\n"
        "one, other = socket.create_server(('127.0.0.1', 0)), socket.socket()\n"
        "other.connect(one.getsockname())\n"
        "for _ in range(2):\n"
        "    try:\n        print(other.recv(1))\n"
        "    except OSError as error:\n        print(error.errno)\n"
    )
    with behind(source, fail("read", "ECONNRESET", times=ALWAYS)) as program:
        assert program.rest() == "104\nb''\n"


def test_a_call_is_held_until_a_child_has_ended() -> None:
    source = (
        "import os, select, signal\n"
        "signal.signal(signal.SIGCHLD, lambda *_: os.write(1, b'child '))\n"
        "if os.fork() == 0:\n    os.read(0, 1)\n    os._exit(0)\n"
        "select.poll().poll(1)\n"
        "os.write(1, b'after')\n"
    )
    with behind(source, hold("poll", until="exit")) as program:
        program.await_hold()
        assert [hit.happened for hit in program.program.hits] == [False]
        program.tell()
        assert program.rest() == "child after"
        assert program.program.happened
        assert "had ended" in program.program.hits[0].then


def test_a_child_that_ends_before_the_held_call_is_looked_at_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = Selection.hit_of

    def late(selection: Selection, held: Call) -> GateHit | None:
        wait_until(lambda: not children_of(held.thread))
        return found(selection, held)

    monkeypatch.setattr(Selection, "hit_of", late)
    source = (
        "import os, select, signal\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "if os.fork() == 0:\n    os.read(0, 1)\n    os._exit(0)\n"
        "select.poll().poll(1)\n"
    )
    with behind(source, hold("poll", until="exit", patience=1)) as program:
        program.await_hold()
        program.tell()
        assert program.program.wait(30).status == 0
        assert program.program.happened


def test_a_process_without_a_child_is_not_held_for_the_end_of_one() -> None:
    source = "import select\nselect.poll().poll(1)\n"
    with behind(source, hold("poll", until="exit")) as program:
        assert program.program.wait(30).status == 0
        assert not program.program.selections[0].seen


def test_what_its_process_calls_afterwards_is_counted() -> None:
    source = (
        "import os\n"
        "for _ in range(4):\n"
        "    try:\n        os.pipe()\n    except OSError:\n        continue\n"
    )
    with behind(source, fail("pipe", "EMFILE", nth=2)) as program:
        program.program.wait(30)
        (selection,) = program.program.selections
        assert selection.calls_after(program.program.hits[0]) == 2


def test_a_call_does_not_end_a_hold_of_its_own() -> None:
    rule = hold("pipe", until="pipe", patience=0.01)
    with behind("import os\nos.pipe()\n", rule) as program:
        assert program.program.wait(30).status == 0
        assert not program.program.happened


def test_a_call_is_held_until_another_process_makes_one() -> None:
    source = (
        "import os\n"
        "if os.fork() == 0:\n    os.read(0, 1)\n    os.close(0)\n    os._exit(0)\n"
        "os.wait()\n"
    )
    with behind(source, hold("wait", until="close")) as program:
        program.await_hold()
        program.tell()
        assert program.program.wait(30).status == 0
        assert program.program.happened
        assert program.program.hits[0].then.endswith("called close")


def test_a_signal_comes_just_before_the_call_that_is_held_and_does_not_interrupt_it() -> None:
    source = (
        "import ctypes, os, signal\n"
        "signal.signal(signal.SIGUSR1, lambda *_: os.write(1, b'signal '))\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "returned = libc.poll(None, 0, 1)\n"
        "os.write(1, b'%d' % returned)\n"
    )
    with behind(source, hold("poll", signal="SIGUSR1")) as program:
        assert program.rest() == "signal 0"
        assert program.program.happened
        assert program.program.hits[0].then == "SIGUSR1 was sent to it"
        assert program.program.selections[0].seen.total() == 1


def test_what_is_held_for_nothing_goes_on_and_has_not_happened() -> None:
    with behind("import os\nos.pipe()\n", hold("pipe", until="accept", patience=0.01)) as program:
        assert program.program.wait(30).status == 0
        assert not program.program.happened
        assert program.program.hits[0].then == "went on: accept did not come in 0.01 s"


def test_a_signal_ends_an_accept_that_waits_for_a_client_to_be_lost() -> None:
    source = (
        "import signal, socket, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))\n"
        "listening = socket.create_server(('127.0.0.1', 0))\n"
        "print('listens', flush=True)\n"
        "listening.accept()\n"
    )
    with behind(source, fail("accept", "ECONNABORTED")) as program:
        program.line()
        wait_until(lambda: program.program.selections[0].seen.total() == 1)
        program.program.send_signal(signal.SIGTERM)
        assert program.program.wait(30).status == 5
        assert not program.program.happened


def test_eintr_comes_only_to_a_process_with_a_handler_that_interrupts() -> None:
    source = (
        "import ctypes, signal, sys\n"
        "if sys.argv[1:]:\n    signal.signal(signal.SIGCHLD, lambda *_: None)\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "print(libc.poll(None, 0, 1), ctypes.get_errno())\n"
    )
    with behind(source, fail("poll", "EINTR")) as program:
        assert program.rest() == "0 0\n"
        assert not program.program.happened
    with behind(source, fail("poll", "EINTR"), words=("handler",)) as program:
        assert program.rest() == "-1 4\n"
        assert program.program.happened


def test_a_command_that_ends_at_once_has_an_ending() -> None:
    for _ in range(5):
        with running(["true"], fail("accept", "EMFILE")) as program:
            assert program.program.wait(30).status == 0
            assert not program.program.happened


def test_what_the_command_has_started_ends_with_the_block() -> None:
    source = "import os\nif child := os.fork():\n    print(child, flush=True)\nos.read(0, 1)\n"
    with behind(source, fail("accept", "EMFILE")) as program:
        child = processes.identify(int(program.line()))
        assert child is not None
        assert program.program.poll() is None
    assert processes.identify(child.pid) != child


def test_a_block_that_is_left_by_an_error_leaves_nothing() -> None:
    started: list[Identity | None] = []

    def failing() -> None:
        with behind(ECHO, hold("accept", until="fork")) as server:
            started.append(processes.identify(server.program.pid))
            server.await_hold()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    (root,) = started
    assert root is not None
    assert processes.identify(root.pid) != root


def test_the_command_has_its_callers_environment_folder_and_words(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with (
        out.open("w") as file,
        gated(
            ["sh", "-c", 'echo "$MINE $(pwd) $0"', "{dir}"],
            fail("accept", "EMFILE"),
            env={**os.environ, "MINE": "yes"},
            cwd=tmp_path,
            stdout=file,
        ) as program,
    ):
        assert program.wait(30).status == 0
    assert out.read_text() == f"yes {tmp_path} {{dir}}\n"


def test_no_command_no_rule_and_no_such_program_are_refused() -> None:
    with pytest.raises(UsageError, match="a list of words"):
        gated("true", fail("accept", "EMFILE"))
    with pytest.raises(UsageError, match="there is no rule"):
        gated(["true"])
    with pytest.raises(TargetError, match=r"cannot start '\./not-there': No such file"):
        gated(["./not-there"], fail("accept", "EMFILE"))


def test_a_call_is_held_so_many_times() -> None:
    source = (
        "import os, threading\n"
        "def opens():\n"
        "    while os.read(0, 1):\n        os.open(os.devnull, 0)\n"
        "threading.Thread(target=opens, daemon=True).start()\n"
        "for _ in range(3):\n    os.pipe()\n"
        "os.write(1, b'through')\n"
    )
    with behind(source, hold("pipe", until="open", times=2)) as program:
        for count in (1, 2):
            wait_until(lambda: len(program.program.hits) == count)  # noqa: B023
            program.tell()
        assert program.rest() == "through"
        assert [hit.happened for hit in program.program.hits] == [True, True]


def test_while_one_call_is_held_others_go_on() -> None:
    source = (
        "import os\n"
        "child = os.fork()\n"
        "os.pipe()\n"
        "os.read(0, 1)\n"
        "os.open(os.devnull, 0)\n"
        "os.write(1, b'+')\n"
        "if child:\n    os.wait()\n"
    )
    with behind(source, hold("pipe", until="open", times=2)) as program:
        program.await_hold()
        program.tell()
        program.tell()
        assert program.rest() == "++"
        assert [hit.happened for hit in program.program.hits] == [True]


def test_a_signal_without_a_handler_ends_a_process_in_its_held_call() -> None:
    with behind("import os\nos.pipe()\n", hold("pipe", signal="SIGTERM")) as program:
        assert program.program.wait(30).signal == signal.SIGTERM
        (hit,) = program.program.hits
        assert hit.happened
        assert hit.ending is not None
        assert hit.ending.signal == signal.SIGTERM


def test_a_connect_that_does_not_block_never_times_out_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        source = (
            "import socket, sys\n"
            "for blocking in (False, True):\n"
            "    client = socket.socket()\n"
            "    client.setblocking(blocking)\n"
            "    print(client.connect_ex(('127.0.0.1', int(sys.argv[1]))))\n"
        )
        port = str(server.getsockname()[1])
        with behind(source, fail("connect", "ETIMEDOUT"), words=(port,)) as program:
            assert program.rest().split()[1] == "110"
            assert len(program.program.hits) == 1


def test_an_accept_that_finds_nothing_is_not_counted() -> None:
    source = (
        "import socket\n"
        "listening = socket.create_server(('127.0.0.1', 0))\n"
        "listening.setblocking(False)\n"
        "for name in ('one', 'other'):\n"
        "    try:\n        listening.accept()\n    except BlockingIOError:\n        pass\n"
        "    client = socket.create_connection(listening.getsockname())\n"
        "    try:\n        listening.accept()\n        print(name)\n"
        "    except OSError as error:\n        print(error.errno)\n"
    )
    with behind(source, fail("accept", "EMFILE", nth=2)) as program:
        assert program.rest() == "one\n24\n"


def test_a_process_whose_call_a_signal_may_have_ended_is_noted() -> None:
    source = (
        "import os, signal, sys\n"
        "if sys.argv[1:]:\n    signal.signal(signal.SIGCHLD, lambda *_: None)\n"
        "os.pipe()\nsys.exit(1)\n"
    )
    for words, expected in (((), False), (("handler",), True)):
        with behind(source, fail("pipe", "EMFILE", nth=2), words=words) as program:
            program.program.wait(30)
            noted = [line for line in lines(program.program, 100) if "catches SIGCHLD" in line]
            assert bool(noted) == expected
