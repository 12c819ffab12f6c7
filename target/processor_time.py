"""The processor time of a process together with that of the children it has waited for."""

import os

from target.records import read_record

_TICKS = os.sysconf("SC_CLK_TCK")
_USER, _CHILDRENS_SYSTEM = 11, 14
"""The fields utime, stime, cutime and cstime of proc(5), counted after the name."""


def seconds_with_children(pid: int) -> float:
    """Return the seconds that a process and its children that have ended used; 0 if it is gone."""
    record = read_record(f"/proc/{pid}/stat")
    fields = record.rpartition(b")")[2].split() if record else []
    return sum(map(int, fields[_USER : _CHILDRENS_SYSTEM + 1])) / _TICKS
