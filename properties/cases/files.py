"""Writing files: whole or not at all, and never through a link to another file."""

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

STANDARD_OUTPUT = "-"
"""Stands for standard output instead of a file."""

_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")

_SAFELY = os.O_NOFOLLOW | os.O_CLOEXEC

_NAMED = {STANDARD_OUTPUT: 1, "/dev/stdout": 1, "/dev/stderr": 2}
"""Names that stand for a descriptor of this process, besides /dev/fd/N."""


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write a file. Raises OSError; a regular file is then what it was before.

    A regular file is replaced once all is written (rename(2)), so that a reader finds the old
    content or the new one; where the path is a link, the link is replaced. In a folder that may not
    be written to, a file that may is overwritten. What is no regular file, a device, a pipe or a
    descriptor such as /dev/fd/3, is written to as it is.
    """
    if not is_regular_or_new(path):
        _write(_opened_as_it_is(path), content)
    elif _may_write_beside(Path(path)) or not Path(path).exists():
        _replace(Path(path), content)
    else:
        _write(os.open(path, os.O_WRONLY | os.O_TRUNC | _SAFELY), content)


def open_new(path: str | os.PathLike[str]) -> TextIO:
    """Return an empty file that is written bit by bit. Raises OSError.

    What is no regular file is opened as it is; a link to a regular file is replaced.
    """
    if not is_regular_or_new(path):
        return _as_text(_opened_as_it_is(path))
    if Path(path).is_symlink():
        Path(path).unlink()
    return _as_text(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _SAFELY, 0o666))


def can_be_written(path: str | os.PathLike[str]) -> bool:
    """Return whether a file can be written, as far as can be known before it is."""
    try:
        if not os.fspath(path):
            return False
        if (descriptor := _descriptor_of(path)) is not None:
            return fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
        if is_regular_or_new(path) and _may_write_beside(Path(path)):
            return True
        return not Path(path).is_dir() and os.access(path, os.W_OK)
    except (OSError, ValueError, OverflowError):
        return False


def _descriptor_of(path: str | os.PathLike[str]) -> int | None:
    name = os.fspath(path)
    found = _DESCRIPTOR.fullmatch(name)
    return int(found[1]) if found else _NAMED.get(name)


def is_standard_output(path: str | os.PathLike[str] | None) -> bool:
    """Return whether a path, where there is one, stands for standard output by any of its names."""
    return path is not None and _descriptor_of(path) == 1


def any_is_standard_output(paths: Iterable[str | None]) -> bool:
    """Return whether one of these files is standard output: what else is said goes elsewhere."""
    return any(map(is_standard_output, paths))


def is_regular_or_new(path: str | os.PathLike[str]) -> bool:
    """Return whether a path is that of a regular file, which is replaced, or of none yet."""
    if _descriptor_of(path) is not None:
        return False
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _may_write_beside(path: Path) -> bool:
    return os.access(path.parent, os.W_OK | os.X_OK)


def _opened_as_it_is(path: str | os.PathLike[str]) -> int:
    descriptor = _descriptor_of(path)
    if descriptor is not None:
        return os.dup(descriptor)
    # Without a reader, a pipe is an error at once (fifo(7)) instead of a wait for one.
    opened = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    os.set_blocking(opened, True)
    return opened


def _as_text(descriptor: int) -> TextIO:
    return open(descriptor, "w", encoding="utf-8", errors="backslashreplace")


def _write(descriptor: int, content: str | bytes) -> None:
    if isinstance(content, bytes):
        with open(descriptor, "wb") as file:
            file.write(content)
        return
    with _as_text(descriptor) as text:
        text.write(content)


def _replace(path: Path, content: str | bytes) -> None:
    unfinished = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY, 0o666)
    try:
        _keep_the_mode(path, descriptor)
        _write(descriptor, content)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _keep_the_mode(path: Path, descriptor: int) -> None:
    """Give a new file the permissions of the regular file that it replaces."""
    try:
        before = path.lstat()
    except OSError:
        return
    if stat.S_ISREG(before.st_mode):
        os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


def is_folder(path: str) -> bool:
    """Return whether a path is that of a folder."""
    try:
        return bool(path) and Path(path).is_dir()
    except (OSError, ValueError):
        return False


def may_be_folder(path: str) -> bool:
    """Return whether a path is that of a folder, or of one that could be made. A URL is none."""
    if "://" in path:
        return False
    folder = Path(path)
    try:
        there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
        return bool(path) and there.is_dir()
    except (OSError, ValueError):
        return False
