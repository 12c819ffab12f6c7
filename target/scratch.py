"""A fresh directory for a target that keeps files: what `{dir}` in a command stands for.

Loaded by the keeper, which makes it before the target starts and removes it when everything has
ended, so it imports as little as the keeper does.
"""

import os
import time
from collections.abc import Callable
from typing import Any

PLACE = "{dir}"
WHERE = "where temporary files are kept"


class Folder:
    """The directory of one start; none before it is asked for."""

    def __init__(self) -> None:
        self._path = ""

    def fill_in(self, request: dict[str, Any]) -> str:
        """Make the directory, where the command of the request asks for one.

        Return why that cannot be, or "".
        """
        if request.get("as_it_is") or not any(PLACE in word for word in request["argv"]):
            return ""
        # A target in a sandbox has a /dev/shm of its own, where it makes the directory anew.
        parent = "/dev/shm" if "confined" in request else os.environ.get("TMPDIR") or "/tmp"
        path = os.path.join(parent, f"anechoic-{os.getpid()}-{time.monotonic_ns()}")
        try:
            os.mkdir(path, 0o700)
        except OSError as error:
            return f"no directory can be made for it in {parent}, {WHERE}: {error.strerror}"
        self._path = request["folder"] = path
        request["argv"] = [word.replace(PLACE, path) for word in request["argv"]]
        return ""

    def remove(self) -> None:
        """Remove it and all that is in it. Nothing that runs may use it any more."""
        if not self._path:
            return
        for path, folders, files in os.walk(self._path, topdown=False):
            for name in files:
                _without_errors(os.unlink, path, name)
            for name in folders:
                is_link = os.path.islink(os.path.join(path, name))
                _without_errors(os.unlink if is_link else os.rmdir, path, name)
        _without_errors(os.rmdir, self._path)


def _without_errors(remove_it: Callable[[str], None], *path: str) -> None:
    try:
        remove_it(os.path.join(*path))
    except OSError:
        # What cannot be removed must not keep the rest from being cleaned up.
        return
