"""The memory of a process that runs workloads, as malloc(3) keeps it.

A workload has buffers of up to a megabyte for moments. What is freed between two blocks that are
kept does not go back to the system. glibc takes blocks of 128 KiB and more from the system one by
one (mmap(2)), and gives them back when they are freed; but the first such block that is freed
raises that bound, up to 32 MiB, unless it was set (mallopt(3), M_MMAP_THRESHOLD). From then on the
large buffers lie among the small ones, and a long run grows by holes.
"""

import contextlib
import ctypes
import gc
from typing import Final

LARGE: Final = 128 * 1024
"""Bytes of a block that is taken from the system by itself; glibc begins with that bound."""

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
"""Of <malloc.h>."""


def bound() -> None:
    """Keep large blocks out of the heap from now on, where the C library can (mallopt(3)).

    Holds for this process and those that are forked from it, until they execute a program.
    """
    with contextlib.suppress(AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, LARGE)
        mallopt(_M_TRIM_THRESHOLD, LARGE)


def give_back() -> None:
    """Return what is not used any more to the system, where the C library can (malloc_trim(3)).

    The objects of a search refer to each other, so that only a collection frees them. Some lay
    between others that are kept; malloc(3) by itself returns only what is at the end of its heap.
    """
    gc.collect()
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
