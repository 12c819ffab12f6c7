"""Files under /proc that are one record, such as `stat`, `status` and `syscall` of a thread."""

import os
from functools import lru_cache

LONGEST = 1 << 14
"""Bytes of the longest record: `status` has some 1,500."""

cache_of_records = lru_cache(maxsize=2048)
"""Decorates what makes a value of a record. Most of what is looked at has slept since the look
before: its record is the same to the byte, and parsing it would cost three times the read."""


def read_record(path: str) -> bytes | None:
    """Return the content, None when it is gone or may not be read.

    One read is enough: the kernel makes a record whole before it returns any of it (seq_file). With
    a second read, to see the end, a look at a process would take a third longer.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return os.read(descriptor, LONGEST)
    except OSError:
        return None
    finally:
        os.close(descriptor)
