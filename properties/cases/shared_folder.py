"""Cases in a folder in which several runs write at the same time, perhaps from several machines.

The name of a case follows from what it is, so two runs may find the same one. What another run has
written is neither overwritten by a first, unshrunk case nor removed with ours.
"""

import contextlib
import os
import secrets
from pathlib import Path

from properties.cases.files import write_whole

Identity = tuple[int, int, int]
"""Which file it is, and when it was written last: another one replaces it by rename(2)."""


def identity_of(path: str | os.PathLike[str]) -> Identity | None:
    """Return what tells a file from one that has replaced it, None where there is none."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


def write_new(path: Path, content: str) -> bool:
    """Write a file where there is none; return whether there was none. Raises OSError.

    A reader finds no file or the whole, and of several writers one is the first (link(2)). Where
    files cannot be linked, it is replaced.
    """
    unfinished = _beside(path)
    try:
        write_whole(unfinished, content)
        os.link(unfinished, path)
    except FileExistsError:
        return False
    except (PermissionError, NotImplementedError) as error:
        if not unfinished.exists():
            raise OSError(*getattr(error, "args", ())) from None
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return True


def remove_own(path: str, identity: Identity | None) -> None:
    """Remove a file that we have written, unless another run has replaced it meanwhile."""
    aside = _beside(Path(path))
    with contextlib.suppress(FileNotFoundError):
        if identity is None or identity_of(path) != identity:
            return
        os.rename(path, aside)
        if identity_of(aside) != identity:
            # Replaced between the look and the move: it goes back, unless there is a newer one.
            with contextlib.suppress(FileExistsError):
                os.link(aside, path)
        aside.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.tmp")
