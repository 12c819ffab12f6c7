"""What the kernel shows of a client under test and of its connections, read anew each time."""

from faults import conditions
from faults.client_context import PeerEnd
from faults.freezing import is_stopped
from properties.client.io_loop import ServerIoLoop
from properties.engine.waiting import has_not_arrived
from target import processes, waits
from target.client_handle import ClientHandle
from target.processes import Process
from target.sockets import TcpSocket, TcpState

STILL_SENDING = (TcpState.ESTABLISHED, TcpState.FIN_WAIT1, TcpState.FIN_WAIT2)
"""The states of a client's end that has not seen our FIN."""


class ClientState:
    """Looks at the client and at both ends of its connections; nothing here acts."""

    def __init__(self, io_loop: ServerIoLoop) -> None:
        self.io_loop = io_loop
        self.input_open = True
        self.complaints_before = 0
        """How much standard error the client had written before the last end of its connection."""

    @property
    def handle(self) -> ClientHandle | None:
        """The client's processes, None before it is started."""
        return self.io_loop.handle

    def has_ended(self) -> bool:
        """Return whether nothing of the client is left: a shell may leave children that go on."""
        handle = self.handle
        return handle is not None and conditions.has_ended(handle.root) and handle.is_gone()

    def processes(self) -> tuple[Process, ...]:
        """Return the client's processes that have not ended, the first one first."""
        if self.handle is None:
            return ()
        return tuple(process for process in self.handle.tree() if not process.is_zombie)

    def is_connecting(self) -> bool:
        """Return whether a connection of the client is being made (SYN_SENT)."""
        return self.handle is not None and self.handle.is_connecting()

    def is_open(self) -> bool:
        """Return whether the client is connected and neither side has ended the connection."""
        if self.io_loop.connections:
            return any(one.is_open for one in self.io_loop.connections)
        return any(end.state is TcpState.ESTABLISHED and end.inode for end in self.ends())

    def may_end(self) -> bool:
        """Return whether the server has not ended its side and the client has the connection."""
        open_still = [one.client_end() for one in self.io_loop.connections if one.answers]
        return any(end is not None and end.inode for end in open_still)

    def is_idle(self) -> bool:
        """Return whether the client sleeps, has taken what was typed and sent what it will send."""
        found = self.processes()
        return bool(found) and conditions.all_asleep(found) and self.has_nothing_to_send()

    def has_nothing_to_send(self) -> bool:
        """Return whether the client has sent all that it was given, while its input is open."""
        return self.input_open and not self.has_something_unsent()

    def has_something_unsent(self) -> bool:
        """Return whether some of the input has not left the client's host, be it ended or not."""
        return not self.io_loop.input_is_taken() or self._is_held_back()

    def _is_held_back(self) -> bool:
        return any(end.send_queue for end in self.ends())

    def is_stuck(self) -> bool:
        """Return whether the client sleeps with input that it cannot send."""
        return conditions.sleep_while(
            self.processes(),
            lambda: self._is_held_back() and bool(self.io_loop.input_waiting()),
        )

    def ends(self) -> tuple[TcpSocket, ...]:
        """Return the client's ends of its connections, as the kernel sees them."""
        ours = self.io_loop.listener.fillers
        found = self.handle.connections() if self.handle else ()
        return tuple(end for end in found if end.local not in ours)

    def has_noticed(self) -> bool:
        """Return whether the client has ended, closed its connections, or said something."""
        said = len(self.io_loop.complaints) > self.complaints_before
        return said or self.has_ended() or not self._holds_a_connection()

    def _holds_a_connection(self) -> bool:
        if not self.io_loop.connections:
            return True
        held = self.handle.descriptors() if self.handle else set()
        return any(
            processes.name_of_socket(one.client_inode) in held for one in self.io_loop.connections
        )

    def is_output_stuck(self) -> bool:
        """Return whether the client sleeps with echoes that it cannot print."""
        return conditions.sleep_while(
            self.processes(), lambda: bool(self.unread_by_client()) or self._sleeps_in_output()
        )

    def _sleeps_in_output(self) -> bool:
        """Return whether a thread sleeps in a write that is not to a socket."""
        return any(
            thread.wait is not None
            and thread.wait.call in waits.WRITING
            and thread.wait.descriptor is not None
            and not processes.is_socket(thread.pid, thread.wait.descriptor)
            for process in self.processes()
            for thread in processes.threads_of(process.identity.pid)
        )

    def is_here(self) -> bool:
        """Return whether the client is there and the server can still answer it."""
        return not self.has_ended() and any(one.answers for one in self.io_loop.connections)

    def is_held(self) -> bool:
        """Return whether a process of the client is stopped."""
        return any(is_stopped(process.identity) for process in self.processes())

    def unread_by_client(self) -> int:
        """Return how many bytes have come to the client, which has not read them."""
        return sum(end.receive_queue for end in self.ends())

    def nothing_comes(self) -> bool:
        """Return whether nothing of the client is on its way to the server, or waits there."""
        return not any(one.unread() for one in self.io_loop.connections) and not any(
            end.send_queue for end in self.ends()
        )

    def unread(self) -> int:
        """Return how many bytes of the client the server has received and not read."""
        return sum(one.unread() for one in self.io_loop.connections)

    def asked(self) -> int:
        """Return how many bytes are owed: after the client's FIN, only for what was read."""
        connections = self.io_loop.connections
        has_finished = any(one.finished for one in connections if one.taken)
        return sum(one.promised for one in connections) if has_finished else self.io_loop.owed.now

    def echoed(self) -> int:
        """Return how many bytes of what was typed have been echoed."""
        return sum(one.echoed for one in self.io_loop.connections)

    def owed(self) -> int:
        """Return how many bytes of what was typed have not been echoed."""
        return max(0, self.io_loop.owed.at_end(self.io_loop.input) - self.echoed())

    def has_arrived(self, how: PeerEnd) -> bool:
        """Return whether the end of the server's side has reached the client's kernel.

        Of the connections that the server has ended: a client may open others after that.
        """
        ends = [one.client_end() for one in self.io_loop.connections if not one.answers]
        if how in (PeerEnd.RESET, PeerEnd.UNREAD):
            # A connection in TIME_WAIT is over, and a reset is reported to no process any more.
            return all(end is None or end.state is TcpState.TIME_WAIT for end in ends)
        return all(end is None or end.state not in STILL_SENDING for end in ends)

    def has_read_all(self) -> bool:
        """Return whether the client has read everything that was sent."""
        ends = [(one, one.client_end()) for one in self.io_loop.connections]
        return bool(ends) and all(
            end is not None and not end.receive_queue and not has_not_arrived(one, end)
            for one, end in ends
        )
