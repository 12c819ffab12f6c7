"""What a target that is not trusted may do: the bounds of its sandbox (`target.confining`)."""

import pwd
from dataclasses import asdict, dataclass
from typing import Any

from target.errors import TargetError

NOBODY = 65534
"""The user and the group that own nothing (the kernel's overflow ids)."""

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
    try:
        known = pwd.getpwuid(int(user)) if user.isdecimal() else pwd.getpwnam(user)
        found = known.pw_uid, known.pw_gid
    except (KeyError, OverflowError):
        if not user.isdecimal() or int(user) >= 1 << 32:
            raise TargetError(f"there is no user {user!r}") from None
        found = int(user), int(user)
    if 0 in found:
        raise TargetError(
            f"user {user!r} has an id of root, whom no limit of processes binds: name another one"
        )
    return found
