"""From a forked child to the target: the environment a shell would give, then execve(2).

Loaded by the keeper, so it imports as little as the keeper does.
"""

import contextlib
import ctypes
import os
import resource
import signal
from typing import Any, NoReturn

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def inherit(unusual: dict[str, Any]) -> None:
    """Set up what the target is to inherit besides the usual (`target.inherited`).

    A limit that is lower already stays. Descriptors 0 to 2 are closed last: what is opened here
    would take their numbers.
    """
    for number, limit in unusual.get("limits", ()):
        soft, hard = resource.getrlimit(number)
        lower = [
            limit if each == resource.RLIM_INFINITY else min(limit, each) for each in (soft, hard)
        ]
        resource.setrlimit(number, (lower[0], lower[1]))
    _allow_descriptors(unusual.get("open_limit", 0))
    if unusual.get("descriptors"):
        _open_many(unusual["descriptors"])
    if unusual.get("output"):
        _replace_output(is_read=unusual["output"] == "full")
    for number in unusual.get("ignored", ()):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, unusual.get("blocked", ()))
    for descriptor in unusual.get("closed", ()):
        os.close(descriptor)


def _allow_descriptors(count: int) -> None:
    """Raise the soft limit of descriptors to this, as far as the hard one allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _open_many(count: int) -> None:
    """Open so many descriptors that stay open in execve(2)."""
    _allow_descriptors(2 * count)
    first = os.open(os.devnull, os.O_RDWR)
    for _ in range(count):
        os.set_inheritable(os.dup(first), True)
    os.close(first)


def _replace_output(*, is_read: bool) -> None:
    """Make standard output a full pipe that nobody reads, or one whose reader has gone.

    The reading end of the full one is inherited as well: it must not be gone.
    """
    reading, writing = os.pipe()
    if is_read:
        os.set_blocking(writing, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writing, bytes(4096))
        os.set_blocking(writing, True)
        os.set_inheritable(reading, True)
    else:
        os.close(reading)
    os.dup2(writing, 1)
    os.close(writing)


def become_target(
    request: dict[str, Any],
    keeper: int,
    streams: list[int],
    failure: int,
    gate: Any = None,
    sandbox: Any = None,
) -> NoReturn:
    """In the new child: set up what a shell would give it, and exec the command.

    Every signal goes back to its default, because ignored ones survive execve(2) and Python
    ignores SIGPIPE. `streams` become its standard input, output and error. Where
    there is a `gate`, it executes the command; where there is a `sandbox`, that confines it.
    """
    try:
        os.setsid()
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        # The parent of a process in a PID namespace of its own is outside of it, and shown as 0.
        if os.getppid() != (0 if sandbox is not None else keeper):
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
        if sandbox is not None:
            sandbox.enter(request)
        if "inherited" in request:
            inherit(request["inherited"])
        if gate is not None:
            gate.execute(request)
        os.execvpe(request["argv"][0], request["argv"], request["env"])
    except OSError as error:
        os.write(failure, (error.strerror or "could not be started").encode())
    except (ValueError, TypeError) as error:
        os.write(failure, str(error).encode())
    finally:
        os._exit(127)
