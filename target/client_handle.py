"""The handle of a client that we started: its processes, its standard streams, its connections.

Its standard input is a pipe, or a terminal (pty(7)) as for a person who types: there a line is
handed over when it is complete, and Control-D ends the input. Or it is a regular file, with all
that it will ever hold: epoll(7) takes none, and poll(2) always finds it ready. Output and errors
are pipes of their own. Nothing here blocks: the caller waits elsewhere.
"""

import enum
import errno
import fcntl
import os
import select
import stat
import termios
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from target import counters, sockets
from target.command import Command
from target.counters import Attempts
from target.held import Gate, Held
from target.held_sockets import OuterSockets
from target.inherited import NOTHING_UNUSUAL, Inherited
from target.keeping import Kept
from target.shared_descriptors import SharedDescriptors
from target.sockets import Endpoint, TcpSocket, TcpState

CONTROL_D = b"\x04"
"""VEOF: hands over what was typed so far; where that is nothing, it ends the input."""

LARGEST_READ = 1 << 16

FULL_DEVICE = "/dev/full"
"""Where every write fails with ENOSPC (full(4))."""


class InputKind(enum.Enum):
    """What the client has for its standard input."""

    PIPE = "a pipe"
    TERMINAL = "a terminal"
    FILE = "a file"


@dataclass
class Streams:
    """Our ends of a client's standard streams, non-blocking. `input` is None once it is closed.

    `terminal` is the client's end of a terminal, polled for whether the input has come.
    """

    kind: InputKind
    input: int | None
    output: int
    errors: int
    terminal: int | None = None

    def write(self, data: bytes) -> int | None:
        """Hand over input; return how many bytes were taken, None when the client reads no more."""
        if self.input is None:
            return None
        try:
            count = os.write(self.input, data)
        except BlockingIOError:
            count = 0
        except OSError:
            return None
        if self.terminal is not None:
            self.holds_input()
        return count

    def holds_input(self) -> int:
        """Return how many bytes the client has not read yet; for a terminal whether there are any.

        A kernel thread carries what is typed from one end of a terminal to the other. A poll of
        the other end waits for that (n_tty_poll in drivers/tty/n_tty.c), so that the client has
        been woken when this returns.
        """
        if self.terminal is not None:
            poll = select.poll()
            poll.register(self.terminal, select.POLLIN)
            return len(poll.poll(0))
        if self.input is None:
            return 0
        answer = fcntl.ioctl(self.input, termios.FIONREAD, b"\0\0\0\0")
        return int.from_bytes(answer, "little")

    def end_input(self, *, in_a_line: bool) -> None:
        """End the input: close the pipe, or type Control-D, twice where a line is not complete."""
        if self.input is None:
            return
        if self.kind is InputKind.PIPE:
            # First it is ours no longer: an interrupted caller closes what is left.
            ended, self.input = self.input, None
            os.close(ended)
        else:
            self.write(CONTROL_D * (2 if in_a_line else 1))

    def close_output(self) -> None:
        """Close our end of standard output: to write there fails from now on. Idempotent."""
        ended, self.output = self.output, -1
        if ended >= 0:
            os.close(ended)

    def close(self) -> None:
        """Close all. Idempotent."""
        ended = (self.input, self.output, self.errors, self.terminal)
        self.input, self.output, self.errors, self.terminal = None, -1, -1, None
        for descriptor in ended:
            if descriptor is not None and descriptor >= 0:
                os.close(descriptor)


def read(descriptor: int) -> bytes | None:
    """Return what can be read, b"" at the end, None when there is nothing at the moment."""
    try:
        return os.read(descriptor, LARGEST_READ)
    except BlockingIOError:
        return None
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return b""


class ClientHandle(Held):
    """A client that we started and hold. Make one with `start`, end it with `stop`."""

    def __init__(self, command: Command, kept: Kept, streams: Streams, server: Endpoint) -> None:
        super().__init__(command, kept)
        self.streams = streams
        self.server = server
        self.shared: SharedDescriptors | None = None
        self._sockets = OuterSockets()

    def is_connecting(self) -> bool:
        """Return whether a connection to the server is being made (SYN_SENT)."""
        if not self._sockets.may_be_connecting(self.tree()):
            return False
        found = self.connections()
        for one in found:
            if one.state is not TcpState.SYN_SENT and one.inode:
                self._sockets.is_connected(one.inode)
        return any(one.state is TcpState.SYN_SENT for one in found)

    def connections(self) -> tuple[TcpSocket, ...]:
        """Return the ends of its connections to the server, also of those being made.

        Also those that outlive the process that held them.
        """
        return sockets.towards(self.server)

    def connect_from(self, port: int) -> None:
        """Make this the only ephemeral port of the network that the client has to itself."""
        self._kept.use_port(port)

    def attempts(self) -> Attempts:
        """Return the attempts to connect in the client's network, those of others among them.

        Raises OSError where its keeper has gone.
        """
        return counters.attempts(self._kept.keeper_pid)

    def stop(self) -> None:
        """Kill the whole tree and reap it, and close our ends of its streams."""
        super().stop()
        self.streams.close()
        if self.shared is not None:
            self.shared.close()


def has_full_device() -> bool:
    """Return whether there is a /dev/full."""
    try:
        return stat.S_ISCHR(os.stat(FULL_DEVICE).st_mode)
    except OSError:
        return False


def start(
    command: Command,
    server: Endpoint,
    kind: InputKind = InputKind.PIPE,
    gate: Gate | None = None,
    *,
    name: str = "",
    inherited: Inherited = NOTHING_UNUSUAL,
    content: bytes = b"",
    full_output: bool = False,
    shared: bool = False,
) -> ClientHandle:
    """Start a client that is to connect to `server`. Raises TargetError when it cannot be.

    `name` takes the place of the server's address in its command; `inherited` is what it inherits.

    `gate` is where its system calls of some kinds stop. Raises GateError where that is denied.
    `content` is what its standard input holds, where that is a file. `full_output`: its standard
    output is /dev/full, and nothing comes on ours. Raises OSError where there is none. `shared`: we
    keep duplicates of its descriptors, as a shell does; its output has no end before these are
    closed.
    """
    full = os.open(FULL_DEVICE, os.O_WRONLY) if full_output else None
    input_theirs, input_ours = _INPUTS[kind](content)
    output_ours, output_theirs = os.pipe()
    if full is not None:
        os.dup2(full, output_theirs)
        os.close(full)
    errors_ours, errors_theirs = os.pipe()
    terminal = os.dup(input_theirs) if kind is InputKind.TERMINAL else None
    streams = Streams(kind, input_ours, output_ours, errors_ours, terminal)
    theirs = (input_theirs, output_theirs, errors_theirs)
    ours = SharedDescriptors(theirs) if shared else None
    for descriptor in (input_ours, output_ours, errors_ours):
        if descriptor is not None:
            os.set_blocking(descriptor, False)
    try:
        argv = command.filled(name or server.host, server.port)
        program = gate.program if gate else b""
        folder = command.surroundings.working_directory()
        environment = command.environment()
        kept = Kept(argv, environment, folder, theirs, program, inherited=inherited)
    except BaseException:
        streams.close()
        if ours is not None:
            ours.close()
        raise
    finally:
        for descriptor in theirs:
            os.close(descriptor)
    handle = ClientHandle(command, kept, streams, server)
    handle.shared = ours
    try:
        handle.open_gate(gate)
    except BaseException:
        handle.stop()
        raise
    return handle


def _pipe(_: bytes) -> tuple[int, int]:
    return os.pipe()


def _terminal(_: bytes) -> tuple[int, int]:
    """Return the client's and our end of a terminal that shows nothing of what is typed."""
    ours, theirs = os.openpty()
    modes = termios.tcgetattr(theirs)
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, modes)
    return theirs, ours


def _file(content: bytes) -> tuple[int, None]:
    """Return the client's descriptor of a file in memory; of ours there is none."""
    written = os.memfd_create("input")
    try:
        with open(written, "wb", closefd=False) as file:
            file.write(content)
        return os.open(f"/proc/self/fd/{written}", os.O_RDONLY), None
    finally:
        os.close(written)


_INPUTS: Mapping[InputKind, Callable[[bytes], tuple[int, int | None]]] = {
    InputKind.PIPE: _pipe,
    InputKind.TERMINAL: _terminal,
    InputKind.FILE: _file,
}
"""How the client's and our end of its standard input are made."""
