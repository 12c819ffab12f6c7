"""Reading the memory of another process (proc(5), `/proc/PID/mem`)."""

import os


def memory_at(pid: int, address: int, count: int) -> bytes:
    """Read `count` bytes; less, or none, where the memory of the process cannot be read."""
    try:
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            return os.pread(memory.fileno(), count, address)
    except (OSError, OverflowError):
        return b""
