"""From a forked child to the target: the environment a shell would give, then execve(2).

Loaded by the keeper, so it imports as little as the keeper does.
"""

import ctypes
import os
import resource
import signal
from typing import Any, NoReturn

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def become_target(
    request: dict[str, Any], keeper: int, streams: list[int], failure: int, gate: Any = None
) -> NoReturn:
    """In the new child: set up what a shell would give it, and exec the command.

    Every signal goes back to its default, because ignored ones survive execve(2) and Python
    ignores SIGPIPE. `streams` become its standard input, output and error. Where
    there is a `gate`, it executes the command.
    """
    try:
        os.setsid()
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != keeper:
            # The keeper died before prctl(2) took effect.
            os._exit(127)
        signal.set_wakeup_fd(-1)
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            # The two signals below 34 that glibc keeps for itself are not in valid_signals().
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.chdir(request["cwd"])
        for number, limit in request.get("limits", ()):
            # The tester has raised its own.
            resource.setrlimit(number, tuple(limit))
        for place, stream in enumerate(streams):
            os.dup2(stream, place)
        if gate is not None:
            gate.execute(request)
        os.execvpe(request["argv"][0], request["argv"], request["env"])
    except OSError as error:
        os.write(failure, (error.strerror or "could not be started").encode())
    except (ValueError, TypeError) as error:
        os.write(failure, str(error).encode())
    finally:
        os._exit(127)
