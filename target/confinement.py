"""What a target that is not trusted may do: the bounds of its sandbox (`target.confining`)."""

import pwd
from dataclasses import asdict, dataclass
from typing import Any

from target.errors import TargetError

NOBODY = 65534
"""The user and the group that own nothing (the kernel's overflow ids)."""

LARGEST_ID = (1 << 32) - 2
"""Of the next one setresuid(2) makes no change: the process would keep the id of the tester."""

LONGEST_NUMBER = 20
"""Digits; int() refuses thousands of them."""

MIB = 1 << 20


@dataclass(frozen=True)
class Confinement:
    """The bounds of one target.

    `user` and `group` are the ids that it runs with where the tester is root; elsewhere it keeps
    those of the tester. `processes` counts its processes and threads, `memory` is what all of them
    have in use, `file_size` the longest file and all that it may write.
    """

    user: int = NOBODY
    group: int = NOBODY
    processes: int = 256
    memory: int = 512 * MIB
    file_size: int = 64 * MIB

    def as_data(self) -> dict[str, Any]:
        """Return it for the keeper, as JSON has it."""
        return asdict(self)


def ids_of(user: str) -> tuple[int, int]:
    """Return the user and the group that a name or a number stands for. Raises TargetError."""
    is_number = user.isdecimal() and len(user) <= LONGEST_NUMBER
    try:
        known = pwd.getpwuid(int(user)) if is_number else pwd.getpwnam(user)
        found = known.pw_uid, known.pw_gid
    except (KeyError, OverflowError):
        found = (int(user), int(user)) if is_number else (LARGEST_ID + 1, LARGEST_ID + 1)
    if max(found) > LARGEST_ID:
        raise TargetError(f"there is no user {user!r}")
    if 0 in found:
        raise TargetError(
            f"user {user!r} has an id of root, whom no limit of processes binds: name another one"
        )
    return found
