"""Which cases this user has made: a record in the user's state directory, by the hash of the file.

A case names a command, and a folder with cases can come with somebody's repository. So what made a
case here writes its hash down, outside of all such folders (XDG Base Directory Specification).
"""

import contextlib
import hashlib
import os
from pathlib import Path


def record() -> Path:
    """Return the file with the hashes, one a line. Raises RuntimeError where there is no home."""
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "anechoic" / "cases"


def note_made_here(content: bytes) -> None:
    """Write down that this user has made a case with this content, where that is possible.

    Where it is not, the case is one of somebody else's from then on.
    """
    with contextlib.suppress(OSError, RuntimeError):
        path = record()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o600)
        try:
            os.write(descriptor, _line(content))
        finally:
            os.close(descriptor)


def was_made_here(path: Path) -> bool:
    """Return whether this user has made the case in this file, as it is now."""
    with contextlib.suppress(OSError, RuntimeError):
        return _line(path.read_bytes()) in record().read_bytes()
    return False


def _line(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode() + b"\n"
