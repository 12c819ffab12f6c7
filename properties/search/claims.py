"""Which violations are being shrunk, by several processes that look for them at once.

Two that meet the same violation would search for the same smallest case, each for seconds. The
first to begin does; the others count what they see. Where what it has does not fail each time, its
search may take long, and another process may meet a workload that does: such a one is shrunk there.
The table is in memory that forks share, and behind a lock of the kernel's, which goes with the
process that holds it (fcntl_locking(2)).
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from properties.model.levels import Level

SLOT = 8
"""Bytes of one claim in the table: a hash of what is claimed."""

FREE = bytes(SLOT)

BY_LUCK = "{violation}, which does not fail each time"


def _table() -> int:
    return os.memfd_create("anechoic-claims")


class Claims(Protocol):
    """What one of several processes knows of what the others shrink."""

    def is_free(self, violation: str, level: Level) -> bool:
        """Return whether no other process shrinks a violation of this level, or has shrunk it."""

    def take(self, violation: str, level: Level) -> bool:
        """Claim it, unless another process has; return whether it is this process's now."""

    def give_back(self, violation: str, level: Level) -> None:
        """Let others look for a smaller case: that of this process may not be the smallest.

        Nothing is done where this process has not claimed it.
        """


class _Alone:
    def is_free(self, *_: object) -> bool:
        return True

    def take(self, *_: object) -> bool:
        return True

    def give_back(self, *_: object) -> None:
        pass


NOBODY_ELSE: Claims = _Alone()
"""No other process looks for violations: all is free."""


@dataclass(frozen=True)
class Claim:
    """The claim of one search for the smallest case of a violation of this level."""

    claims: Claims
    violation: str
    level: Level

    def take(self) -> bool:
        """Claim it, unless another process has; return whether it is this process's now."""
        return self.claims.take(self.violation, self.level)

    @property
    def is_searched_by_luck(self) -> bool:
        """Whether another process searches, with what does not fail each time."""
        return not self.claims.is_free(self._by_luck, self.level)

    def doubt(self) -> None:
        """Let others search with what fails each time: what this process has does not."""
        self.claims.take(self._by_luck, self.level)
        self.claims.give_back(self.violation, self.level)

    def settle(self, *, is_found: bool) -> None:
        """End the search. `is_found`: no smaller case is to be looked for."""
        (self.claims.take if is_found else self.claims.give_back)(self.violation, self.level)
        self.claims.give_back(self._by_luck, self.level)

    @property
    def _by_luck(self) -> str:
        return BY_LUCK.format(violation=self.violation)


@dataclass
class SharedClaims:
    """The claims of this process and its forks, made before they are forked.

    `table` is the descriptor of the memory that they share.
    """

    table: int = field(default_factory=_table)
    _own: set[bytes] = field(default_factory=set)

    def is_free(self, violation: str, level: Level) -> bool:
        """Return whether no other process shrinks it, or has shrunk it."""
        claim = _hash(violation, level)
        return claim in self._own or claim not in self._claimed()

    def take(self, violation: str, level: Level) -> bool:
        """Claim it, unless another process has."""
        claim = _hash(violation, level)
        with self._locked():
            if not self.is_free(violation, level):
                return False
            if claim not in self._own:
                self._own.add(claim)
                self._write([*self._claimed(), claim])
            return True

    def give_back(self, violation: str, level: Level) -> None:
        """Withdraw a claim of this process."""
        claim = _hash(violation, level)
        with self._locked():
            if claim not in self._own:
                return
            self._own.discard(claim)
            self._write([one for one in self._claimed() if one != claim])

    def close(self) -> None:
        """Let the memory go, in this process."""
        os.close(self.table)

    def _claimed(self) -> list[bytes]:
        found = os.pread(self.table, os.fstat(self.table).st_size, 0)
        slots = (found[start : start + SLOT] for start in range(0, len(found), SLOT))
        return [slot for slot in slots if slot != FREE]

    def _write(self, claims: list[bytes]) -> None:
        written = b"".join(claims)
        # Never shorter: one that reads without the lock finds whole slots.
        os.pwrite(self.table, written.ljust(os.fstat(self.table).st_size, b"\0"), 0)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fcntl.lockf(self.table, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self.table, fcntl.LOCK_UN)


def _hash(violation: str, level: Level) -> bytes:
    # Its last bit is set, so that it is not that of a free slot.
    found = bytearray(hashlib.blake2b(f"{level} {violation}".encode(), digest_size=SLOT).digest())
    found[-1] |= 1
    return bytes(found)
