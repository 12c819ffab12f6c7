"""The command line, in processes forked from one that has loaded all of it.

A new interpreter takes most of a second to load our modules, pytest and Hypothesis. A test process
starts one and asks it again and again: each time it forks, and its child has the arguments, folder,
environment and output that it is given, and ends as the command line does.

What depends on how the interpreter is started, or ended from outside, is not for this.
"""

import atexit
import gc
import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from properties.running.process_lifetime import die_with_parent
from tests.starting import interruptible

LOADED = (
    "properties.cli.case_commands",
    "properties.cli.check",
    "properties.cli.listing",
    "properties.cli.main",
    "properties.cli.pytest_run",
    "properties.compare.command",
    "properties.gated.command",
    "properties.grading.command",
    "properties.merging.command",
    "properties.pytest_plugin.plugin",
    "properties.running.pool",
)

PATIENCE = 300.0
"""Seconds for one command line."""

LONGEST = 1 << 20
"""Bytes of a request: the environment is most of it."""


@dataclass
class Preloaded:
    """The process that has loaded everything, and the socket on which it is asked."""

    process: subprocess.Popen[bytes] = field(init=False)
    asking: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        """Start it; it ends with this process, or when the socket is closed."""
        self.asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self.asking, asked):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
        words = [sys.executable, "-m", __name__, str(asked.fileno()), str(os.getpid())]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        with interruptible(), asked:
            self.process = subprocess.Popen(
                words, env=environment, stdin=subprocess.DEVNULL, pass_fds=[asked.fileno()]
            )

    def run(
        self, arguments: Sequence[str], folder: Path, environment: dict[str, str], output: int
    ) -> int:
        """Run a command line to its end; return its exit status, negative for a signal.

        `output` is the descriptor of its standard output and standard error. One that does not end
        is killed. Raises TimeoutError.
        """
        request = json.dumps([[*arguments], str(folder), environment]).encode()
        socket.send_fds(self.asking, [request], [output])
        self.asking.settimeout(PATIENCE)
        try:
            return int(self.asking.recv(64))
        except TimeoutError:
            self.close()
            preloaded.cache_clear()
            raise

    def close(self) -> None:
        """End it, and what it has forked."""
        self.asking.close()
        self.process.kill()
        self.process.wait()


@cache
def preloaded() -> Preloaded:
    """Return this test process's own, which ends with it."""
    own = Preloaded()
    atexit.register(own.close)
    return own


def main(asked: socket.socket) -> None:
    """Answer requests until nobody can ask any more."""
    import importlib

    for name in LOADED:
        importlib.import_module(name)
    gc.freeze()
    while True:
        request, descriptors, _, _ = socket.recv_fds(asked, LONGEST, 1)
        if not request:
            return
        if not (child := os.fork()):
            asked.close()
            _become(descriptors[0], *json.loads(request))
        os.close(descriptors[0])
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        asked.send(str(status).encode())


def _become(output: int, arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Run the command line in this process. Raises SystemExit."""
    from properties.cli import main as command_line

    die_with_parent()
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for stream in (sys.stdout, sys.stderr):
        # As the interpreter does when it is started.
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(encoding=environment.get("PYTHONIOENCODING", "utf-8"))
    sys.argv = ["anechoic", *arguments]
    sys.exit(command_line.main())


if __name__ == "__main__":
    die_with_parent(int(sys.argv[2]))
    os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"
    main(socket.socket(fileno=int(sys.argv[1])))
