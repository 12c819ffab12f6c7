"""A read or a write that moves fewer bytes than it was asked to, made in the target's place.

read(2) and write(2) may move fewer at any time, and on sockets they do (UNP 3.9). The bytes are
moved between the connection, by a copy of its descriptor, and the memory of the target.

Not so where a short count says more: to an edge-triggered loop it says that there is no more to be
read, or no room (epoll(7), question 9), and no edge would follow. A call on a socket with a
timeout, or with flags that mean something else, is left alone as well.
"""

import errno
import os
import select
import socket
from dataclasses import dataclass

from faults.gate.calls import Buffers, Kind, buffers_of, kind_of, without_extras
from faults.gate.kernel import Call, copy_of_socket, read_memory, write_memory
from target.processes import descriptors_of, read_text
from target.settled import timeouts_of

EPOLLET = 1 << 31

MSG_CMSG_CLOEXEC = 0x40000000
HARMLESS_FLAGS = (
    socket.MSG_PEEK | socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL | socket.MSG_MORE | MSG_CMSG_CLOEXEC
)


@dataclass
class Shortened:
    """A call that is made in the target's place: of the first `count` bytes, when it can be."""

    call: Call
    count: int
    copy: socket.socket
    buffers: Buffers

    @property
    def events(self) -> int:
        """What to wait for before it can be made (poll(2))."""
        return select.POLLIN if kind_of(self.call) is Kind.READ else select.POLLOUT

    def make(self) -> int | None:
        """Move bytes; return what the call is to return, None where the kernel is to make it.

        Raises BlockingIOError where nothing can be moved yet.
        """
        if kind_of(self.call) is Kind.READ:
            return self._read()
        return self._write()

    def _read(self) -> int | None:
        flags = self.buffers.flags | socket.MSG_DONTWAIT
        try:
            # Peeked at first: what cannot be handed over must not be consumed.
            found = self.copy.recv(self.count, flags | socket.MSG_PEEK)
        except BlockingIOError:
            raise
        except OSError:
            return None
        if not found or not self._hand_over(found):
            return None
        if not self.buffers.flags & socket.MSG_PEEK:
            self.copy.recv(len(found), flags)
        return len(found)

    def _hand_over(self, content: bytes) -> bool:
        done = 0
        for address, length in self.buffers.first(len(content)):
            if not write_memory(self.call.thread, address, content[done : done + length]):
                return False
            done += length
        if self.buffers.address_length:
            write_memory(self.call.thread, self.buffers.address_length, bytes(4))
        if self.buffers.message and (header := without_extras(self.buffers.message, self.call)):
            write_memory(self.call.thread, *header)
        return True

    def _write(self) -> int | None:
        pieces = [
            read_memory(self.call.thread, address, length)
            for address, length in self.buffers.first(self.count)
        ]
        content = b"".join(piece for piece in pieces if piece is not None)
        if None in pieces or not content:
            return None
        flags = self.buffers.flags | socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL
        try:
            return self.copy.send(content, flags)
        except BlockingIOError:
            raise
        except BrokenPipeError:
            # It lasts: the kernel reports it again, and sends SIGPIPE with it.
            return None
        except OSError as error:
            # A reset is reported only once, and this was it.
            return -(error.errno or errno.EIO)

    def must_not_wait(self) -> bool:
        """Return whether the target asked not to be blocked (O_NONBLOCK, MSG_DONTWAIT)."""
        return not os.get_blocking(self.copy.fileno()) or bool(
            self.buffers.flags & socket.MSG_DONTWAIT
        )

    def must_be_left_alone(self) -> bool:
        """Return whether a short count would say more, or the call means something else."""
        return (
            bool(self.buffers.flags & ~HARMLESS_FLAGS)
            or is_told_of_edges(self.call.thread, self.call.descriptor)
            or any(timeouts_of(self.copy))
        )


def shortened(call: Call, count: int) -> Shortened | None:
    """Prepare to make a call for `count` bytes only; None where it would not be shorter."""
    buffers = buffers_of(call)
    if buffers is None or buffers.length <= count:
        return None
    copy = copy_of_socket(call.thread, call.descriptor)
    return Shortened(call, count, copy, buffers) if copy else None


def is_told_of_edges(thread: int, descriptor: int) -> bool:
    """Return whether a descriptor is watched with EPOLLET by its process (proc(5), fdinfo)."""
    for number, name in descriptors_of(thread).items():
        if name != "anon_inode:[eventpoll]":
            continue
        for line in (read_text(f"/proc/{thread}/fdinfo/{number}") or "").splitlines():
            words = line.split()
            if words[:1] == ["tfd:"] and int(words[1]) == descriptor:
                return bool(int(words[3], 16) & EPOLLET)
    return False
