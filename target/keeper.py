"""The process that outlives the tester and cleans up after it.

A tester that dies by SIGKILL cannot stop what it started, so it starts nothing itself. Two kinds of
process do it instead, both from this file, which is run as a script and imports little:

    tester ──socket──▶ nursery ──fork──▶ keeper ──fork, exec──▶ target ──▶ workers
       └───────────────────socket──────────────▲

* The *nursery* lives as long as the tester. For each request it forks a keeper, which costs less
  than a millisecond, where a new interpreter would cost thirty.
* A *keeper* holds one target. It is a child subreaper (prctl(2)), so every process that the target
  leaves behind, however deep and whatever its session, becomes the keeper's child and is reaped.
  It reads the target's output, keeps the end of it, and reports each child that ends.

When the socket to the tester closes, for whatever reason, the keeper kills everything below it
with SIGKILL (which also ends stopped processes), reaps it, and exits. The target itself gets
PR_SET_PDEATHSIG, so that it dies even if the keeper is killed; the nursery is a subreaper as well,
and kills what such a keeper leaves.

Messages are JSON objects in SOCK_SEQPACKET packets.
To the nursery: {"argv", "env", "cwd"} with the keeper's end of a new socket pair, and after it, for
a client, the descriptors of its standard input, output and error. With "open_input" the input of a
server does not end; with "as_it_is" `{dir}` is a word like any other. "limits" are pairs of a
number and its soft and hard limit for setrlimit(2). With "confined" it runs in a sandbox (see
`confining`). With a "filter" (hexadecimal) its system calls stop at a gate (see `gating`).
From a keeper, first: {"event": "started", "pid", "keeper"}, with the descriptor of the gate where
there is one, or {"event": "failed", "reason"}.
To a keeper {"do": "report"}, answered by {"event": "report", "ended", "output"}: pairs of a pid and
a wait(2) status for the children reaped since the last report, and the end of the output; and
{"do": "stop"}, answered by {"event": "stopped"}; {"do": "use_port", "port"}, answered by a report,
makes this the only ephemeral port of a network that the target has to itself. After its first
message a keeper only replies, so that a tester that does not read cannot block it.
"""

import functools
import importlib.util
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, NoReturn

PACKET = 1 << 20
"""Bytes of the largest message: a command line with its environment."""

STREAMS = 3
"""Standard input, output and error."""

REPORTED = 1000
"""Ended children in one report, at most."""

NO_PIPE, NO_PROCESS = "no pipe can be made", "no process can be made"
NO_INPUT = "no input can be opened"

NO_PID = -1

LOADED = ("becoming", "descendants", "gating", "kept_output", "namespaces", "scratch", "wakeups")
"""What each keeper inherits, loaded."""


class Keeper:
    """Holds one target: starts it, reads its output, reaps, and kills all of it at the end."""

    def __init__(self, tester: socket.socket, streams: list[int]) -> None:
        self.tester = tester
        self.streams = streams
        self.sandbox: Any = None
        self.ended: list[tuple[int, int]] = []

    def run(self, request: dict[str, Any]) -> NoReturn:
        """Start the target, serve it until the tester sends stop or is gone, then clean up."""
        os.setsid()
        beside("descendants").adopt_orphans()
        for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(ignored, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: self.tester.close())
        folder = beside("scratch").Folder()
        try:
            if reason := folder.fill_in(request) or self.prepare(request):
                self.say(event="failed", reason=reason)
            else:
                self.serve()
        finally:
            self.kill_everything()
            folder.remove()
            self.say(event="stopped")
            os._exit(0)

    def prepare(self, request: dict[str, Any]) -> str:
        """Start the target, set apart as it is to be; return why that cannot be, or ""."""
        try:
            self.wakeup, _ = telling(NO_PIPE, beside("wakeups").woken_by_children)
            reason = self.set_apart(request)
            if not reason:
                self.output = self.start(request)
        except OSError as error:
            return error.strerror or str(error)
        return reason

    def say(self, *descriptors: int, **message: Any) -> None:
        """Send a message to the tester; do nothing when it is gone."""
        try:
            socket.send_fds(self.tester, [json.dumps(message).encode()], descriptors)
        except OSError:
            return

    def set_apart(self, request: dict[str, Any]) -> str:
        """Make the namespaces that the request asks for; return why that cannot be, or ""."""
        reason: str = beside("namespaces").give(request.get("inherited", {}))
        if not reason and "confined" in request:
            modules = (beside("namespaces"), beside("descendants"))
            self.sandbox = beside("confining").Sandbox(request["confined"], *modules)
            reason = self.sandbox.make()
        return reason

    def start(self, request: dict[str, Any]) -> Any:
        """Fork and exec the command; return its output."""
        output_read, output_write = telling(NO_PIPE, os.pipe2, os.O_CLOEXEC)
        failure_read, failure_write = telling(NO_PIPE, os.pipe2, os.O_CLOEXEC)
        keeper = os.getpid()
        program = bytes.fromhex(request.get("filter", ""))
        gate = beside("gating").Gate(program) if program else None
        if request.get("open_input"):
            # Its writing end stays open as long as this process lives.
            first = telling(NO_PIPE, os.pipe2, os.O_CLOEXEC)[0]
        else:
            first = telling(NO_INPUT, os.open, os.devnull, os.O_RDONLY)
        pid = telling(NO_PROCESS, os.fork)
        if pid == 0:
            streams = self.streams or [first, *2 * (output_write,)]
            become = beside("becoming").become_target
            become(request, keeper, streams, failure_write, gate, self.sandbox)
        for stream in (*self.streams, first, output_write, failure_write):
            os.close(stream)
        gates = [one for one in [gate and gate.fetch(pid)] if one is not None]
        with open(failure_read, "rb") as file:
            failure = file.read().decode() or (gate.failure if gate else "")
        if failure:
            self.say(event="failed", reason=failure)
        else:
            started = {"pid": pid, "keeper": keeper, "init": self.sandbox and self.sandbox.init}
            self.say(*gates, event="started", **started)
        for descriptor in gates:
            os.close(descriptor)
        return beside("kept_output").Output(output_read)

    def serve(self) -> None:
        """Reap, read and answer until the tester sends stop or is gone."""
        output: int = self.output.descriptor
        poll = select.poll()
        poll.register(self.tester, select.POLLIN)
        poll.register(output, select.POLLIN)
        poll.register(self.wakeup, select.POLLIN)
        while True:
            ready = dict(poll.poll(self.sandbox and self.sandbox.interval))
            if self.wakeup in ready:
                beside("wakeups").drain(self.wakeup)
                self.reap()
            if self.sandbox is not None and (words := self.sandbox.ended_for(os.getpid())):
                self.output.add(words)
            if output in ready and not self.output.read():
                poll.unregister(output)
            if self.tester.fileno() < 0:
                return
            if self.tester.fileno() in ready:
                if not self.take_order():
                    return
                self.output.read()
                self.report()

    def take_order(self) -> bool:
        """Read one order; return False for stop and for a tester that is gone."""
        try:
            packet = self.tester.recv(PACKET)
        except OSError:
            return False
        order = json.loads(packet) if packet else {"do": "stop"}
        if order["do"] == "use_port":
            beside("namespaces").use_port(order["port"])
        return bool(order["do"] != "stop")

    def report(self) -> None:
        """Send which children have ended since the last report, and the end of the output."""
        self.reap()
        ended, self.ended = self.ended, []
        self.say(event="report", ended=ended, output=self.output.text)

    def reap(self) -> None:
        """Collect every child that has ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.ended.append((pid, status))
            # The first child is the command itself: its end is kept however many follow.
            del self.ended[1:-REPORTED]

    def kill_everything(self) -> None:
        """SIGKILL all descendants and reap them, again and again until none is left."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, signal.SIGTERM})
        if self.sandbox is not None:
            self.sandbox.end()
        beside("descendants").end_all()


def telling(what: str, call: Callable[..., Any], *arguments: Any) -> Any:
    """Make a call; where it fails, say what could not be done. Raises OSError."""
    try:
        return call(*arguments)
    except OSError as error:
        raise OSError(error.errno, f"{what}: {error.strerror}") from None


@functools.cache
def beside(name: str) -> Any:
    """Load a module from the folder of this file, which runs as a script without a search path.

    Once: the keepers inherit what the nursery has loaded.
    """
    path = os.path.join(os.path.dirname(__file__), f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def nursery(tester: socket.socket) -> None:
    """Fork a keeper for each request until the tester is gone; end what a dead keeper has left."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # What a keeper that was killed has held becomes a child of this process.
    beside("descendants").adopt_orphans()
    for name in LOADED:
        beside(name)
    wakeup_read, wakeup_write = beside("wakeups").woken_by_children()
    keepers: set[int] = set()
    poll = select.poll()
    poll.register(tester, select.POLLIN)
    poll.register(wakeup_read, select.POLLIN)
    while True:
        ready = dict(poll.poll())
        if wakeup_read in ready:
            beside("wakeups").drain(wakeup_read)
            beside("descendants").end_strays(keepers)
        if tester.fileno() in ready:
            pid = fork_keeper(tester, wakeup_read, wakeup_write)
            if pid is None:
                return
            keepers.add(pid)


def fork_keeper(tester: socket.socket, *ours: int) -> int | None:
    """Take one request and fork its keeper; return its pid, None where the tester is gone.

    `NO_PID` is returned where no process can be made, which the tester is told.
    `ours` are the descriptors of the nursery that are not the keeper's.
    """
    try:
        packet, descriptors, _, _ = socket.recv_fds(tester, PACKET, 1 + STREAMS)
    except OSError:
        return None
    if not packet:
        return None
    # Descriptors arrive without close-on-exec (recvmsg(2)); the target must not inherit them.
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    first, *streams = descriptors
    keeper = Keeper(socket.socket(fileno=first), streams)
    try:
        pid = os.fork()
    except OSError as error:
        keeper.say(event="failed", reason=f"{NO_PROCESS} to hold it: {error.strerror}")
        pid = NO_PID
    if pid == 0:
        signal.set_wakeup_fd(-1)
        for descriptor in (tester.detach(), *ours):
            os.close(descriptor)
        keeper.run(json.loads(packet))
    for descriptor in (keeper.tester.detach(), *streams):
        os.close(descriptor)
    return pid


if __name__ == "__main__":
    nursery(socket.socket(fileno=int(sys.argv[1])))
