"""`anechoic.gated`: in Python, and as a fixture that ends with the test what it has started."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import anechoic
import pytest
from anechoic import GatedProgram

A_TEST = """\
import os, sys
import anechoic

def test_one(gated):
    reading, writing = os.pipe()
    source = "import os; os.fork(); os.system('echo $PPID'); os.read(0, 1)"
    command = [sys.executable, "-c", source]
    never = anechoic.fail("pipe", "EMFILE")
    program = gated(command, never, stdin=os.pipe()[0], stdout=writing)
    os.close(writing)
    with open(reading) as lines, open("pids", "w") as pids:
        pids.write(lines.readline() + lines.readline())
    assert program.poll() is None
    assert not program.happened
    assert program.pid
"""


def test_a_server_meets_an_error_at_the_second_client(
    gated: Callable[..., GatedProgram], tmp_path: Path
) -> None:
    server = tmp_path / "server.py"
    server.write_text(
        "import socket\n"
        "listening = socket.create_server(('127.0.0.1', 0))\n"
        "print(listening.getsockname()[1], flush=True)\n"
        "for _ in range(3):\n"
        "    try:\n        listening.accept()[0].close()\n"
        "    except ConnectionAbortedError:\n        print('aborted', flush=True)\n"
    )
    reading, writing = os.pipe()
    rule = anechoic.fail("accept", "ECONNABORTED", nth=2)
    program = gated([sys.executable, server], rule, stdout=writing)
    os.close(writing)
    with open(reading) as lines:
        port = int(lines.readline())
        for _ in range(3):
            socket.create_connection(("127.0.0.1", port)).close()
        assert program.wait_for_hit()
        assert lines.readline() == "aborted\n"
        assert program.wait(30).status == 0
    (hit,) = program.hits
    assert isinstance(hit, anechoic.GateHit)
    assert hit.caller.name == "server.py"
    assert hit.what == f"accept4 on 127.0.0.1:{port} (descriptor 3)"


def test_what_the_fixture_has_started_ends_with_the_test(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(A_TEST, encoding="utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    subprocess.run(words, cwd=tmp_path, check=True, timeout=60)
    pids = (tmp_path / "pids").read_text().split()
    assert len(pids) == 2
    assert [pid for pid in pids if (Path("/proc") / pid).exists()] == []


def test_a_rule_that_makes_no_sense_is_a_usage_error() -> None:
    with pytest.raises(anechoic.UsageError, match="it is never failed"):
        anechoic.fail("close", "EIO")
    assert isinstance(anechoic.hold("poll", until="exit"), anechoic.GateRule)
    assert anechoic.shorten("read", 1).times == 1
