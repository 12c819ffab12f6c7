"""Whether a thread sleeps until the child that it has made has begun a program, or has ended.

The parent of vfork(2) does, uninterruptibly. Any other fork may sleep so too, while the kernel
makes the child: it goes on by itself, and its child is not there yet.
"""

from faults.gate.calls import name_of
from faults.gate.kernel import Call, read_memory
from target.records import read_record

CLONE_VFORK = 0x4000
"""The flag of clone(2) that lets the parent wait for its child."""


def awaits_its_child(process: int, thread: int) -> bool:
    """Return whether a thread sleeps in a call that lets it wait for the child that it makes."""
    words = (read_record(f"/proc/{process}/task/{thread}/syscall") or b"").split()
    if len(words) < 2:
        return False
    return lets_parent_wait(Call(0, thread, int(words[0]), (int(words[1], 16),)))


def lets_parent_wait(call: Call) -> bool:
    """Return whether a call makes a child for which its caller waits.

    clone(2) has its flags as its first argument, clone3(2) in the first eight bytes of what that
    points to.
    """
    name, first = name_of(call), call.arguments[0]
    if name == "clone3":
        flags = int.from_bytes(read_memory(call.thread, first, 8) or b"", "little")
    else:
        flags = first if name == "clone" else 0
    return name == "vfork" or bool(flags & CLONE_VFORK)
