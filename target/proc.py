"""Whether /proc shows our own processes: without it no target can be judged, or cleaned up."""

import os
import threading

from target.errors import TargetError


def require_proc() -> None:
    """Raise TargetError where /proc is not that of our processes, or is not mounted (proc(5))."""
    try:
        shown = int(os.readlink("/proc/self"))
        with open(f"/proc/{shown}/task/{threading.get_native_id()}/children", "rb"):
            pass
    except (OSError, ValueError) as error:
        words = f"/proc cannot be used here, and nothing works without it: {error}"
        raise TargetError(words) from None
    if shown != os.getpid():
        raise TargetError(
            "/proc shows the processes of another PID namespace, and nothing works without it: "
            "mount that of this one"
        )
