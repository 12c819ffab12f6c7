"""A program: become a worker of pytest-xdist on a machine where anechoic is installed.

pytest-xdist would copy sources to the machine and call pytest with the paths of ours. What is
installed there is used instead: the paths in the arguments become those of that machine.
"""

import inspect
from typing import Any

import xdist.remote  # type: ignore[import-untyped]

from properties.running.process_lifetime import ROOT

THERE = "anechoic-suite:"
"""Stands in an argument for the folder of the suite on the machine that reads it."""


def found_here(argument: str) -> str:
    """Return an argument with the folder of the suite on this machine."""
    before, mark, name = argument.partition(THERE)
    return f"{before}{ROOT / 'properties' / 'suite' / name}" if mark else argument


class _Channel:
    """The channel to the controlling process, from which arguments come with our paths."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._is_first = True

    def receive(self, *arguments: Any) -> Any:
        received = self._channel.receive(*arguments)
        if self._is_first:
            self._is_first = False
            of_worker, words, *rest = received
            return of_worker, [found_here(word) for word in words], *rest
        return received

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


def become_worker(channel: Any) -> None:
    """Run xdist's own program with these arguments."""
    program = compile(inspect.getsource(xdist.remote), xdist.remote.__file__, "exec")
    exec(program, {"__name__": "__channelexec__", "channel": _Channel(channel)})


if __name__ == "__channelexec__":
    # execnet sends this file as text: what it needs is what is installed there.
    from properties.pytest_plugin import remote_worker

    remote_worker.become_worker(channel)  # type: ignore[name-defined]  # noqa: F821
